package io.github.qwen3tts.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.CacheDirectory;
import io.github.qwen3tts.internal.runtime.cuda.Cuda;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.CudaOptions;
import io.github.qwen3tts.internal.runtime.cuda.CudaStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs golden cases on a GPU: {@code CudaGoldenRunner DIR [PREFIX]}, in fp32 and in bf16, in which the checkpoints are
 * stored, so that nothing is lost by it; prompts go through the tensor cores there. Cases of one checkpoint are also spoken
 * together, which must not change a code.
 */
public final class CudaGoldenRunner {

    private static final List<Precision> PRECISIONS = List.of(Precision.FP32, Precision.BF16);

    private CudaGoldenRunner() {}

    /** Ends with {@code N passed, M failed}; the exit status is 1 if any failed, 2 if CUDA is off. */
    public static void main(String[] args) throws IOException {
        CudaOptions options = CudaOptions.of(0, CacheDirectory.ofUser());
        CudaStatus status = Cuda.status(options);
        System.out.println(status.reason());
        if (!status.available()) {
            System.exit(2);
        }
        List<GoldenCase> cases = cases(Path.of(args[0]), args.length > 1 ? args[1] : "");
        int failed = 0;
        try (CudaDevice device = Cuda.open(options)) {
            for (Precision precision : PRECISIONS) {
                failed += failed(device, precision, cases);
            }
        }
        System.out.println(PRECISIONS.size() * (cases.size() + 1) - failed + " passed, " + failed + " failed");
        System.exit(failed == 0 && !cases.isEmpty() ? 0 : 1);
    }

    private static int failed(CudaDevice device, Precision precision, List<GoldenCase> cases) throws IOException {
        String name = precision.talker().name().toLowerCase(Locale.ROOT);
        Path cache = Files.createTempDirectory("cuda-golden");
        int failed = 0;
        try (CudaChecks alone = new CudaChecks(device, precision, cache, 1);
                CudaChecks together = new CudaChecks(device, precision, cache, 64)) {
            for (GoldenCase golden : cases) {
                failed += passed(golden.path() + ", " + name, report -> alone.run(golden, report)) ? 0 : 1;
            }
            failed += passed("all together, " + name, report -> together(cases, together, report)) ? 0 : 1;
        }
        return failed;
    }

    private static List<GoldenCase> cases(Path root, String prefix) throws IOException {
        List<GoldenCase> cases = new ArrayList<>();
        for (JsonNode entry : new ObjectMapper().readTree(Files.readAllBytes(root.resolve("cases/index.json")))) {
            String path = entry.path("path").asText();
            String kind = entry.path("kind").asText();
            if (path.startsWith(prefix) && (kind.equals("tts") || kind.equals("codec_decode"))) {
                cases.add(GoldenCase.read(root, path, kind));
            }
        }
        return cases;
    }

    private static boolean passed(String name, Check.Comparison comparison) throws IOException {
        Report report = new Report();
        try {
            comparison.run(report);
        } catch (DeviceException e) {
            report.fail(name, e.getMessage());
        }
        System.out.println((report.passed() ? "passed " : "FAILED ") + name);
        report.lines().forEach(System.out::println);
        return report.passed();
    }

    /** All speech cases of each checkpoint at once. */
    private static void together(List<GoldenCase> cases, CudaChecks checks, Report report) throws IOException {
        for (Path checkpoint :
                cases.stream().map(GoldenCase::checkpoint).distinct().toList()) {
            List<GoldenCase> same = cases.stream()
                    .filter(golden ->
                            golden.kind().equals("tts") && golden.checkpoint().equals(checkpoint))
                    .toList();
            if (same.isEmpty()) {
                continue;
            }
            List<CudaChecks.Spoken> spoken = checks.speak(checks.model(same.get(0)), same);
            for (int i = 0; i < same.size(); i++) {
                report.equal(
                        same.get(i).path(),
                        same.get(i).integers("codes"),
                        spoken.get(i).codes());
            }
        }
    }
}
