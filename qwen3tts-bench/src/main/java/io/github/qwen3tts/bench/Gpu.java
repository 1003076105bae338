package io.github.qwen3tts.bench;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.examples.ModelOption;
import io.github.qwen3tts.internal.CacheDirectory;
import io.github.qwen3tts.internal.runtime.cuda.Cuda;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.CudaOptions;
import io.github.qwen3tts.internal.runtime.cuda.CudaStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks and measures the CUDA engine on a GPU; says why where there is none. */
@Command(
        name = "gpu",
        description = {
            "Checks that the CUDA engine gives every stream the same in any batch and in any piece, and measures it.",
            "Needs org.bytedeco:cuda and org.bytedeco:cuda-redist with the classifier of this platform: build with -Pgpu."
        },
        mixinStandardHelpOptions = true)
final class Gpu implements Callable<Integer> {

    @Mixin
    private ModelOption model;

    @Option(names = "--status", description = "Only say whether the card can be used, and if not, why.")
    private boolean statusOnly;

    @Option(names = "--device", defaultValue = "0", description = "Index of the card (default: ${DEFAULT-VALUE}).")
    private int device;

    @Option(
            names = "--precision",
            defaultValue = "bf16",
            description = "One of fp32, bf16, int8, int4 (default: ${DEFAULT-VALUE}).")
    private String precision;

    @Option(
            names = "--streams",
            split = ",",
            defaultValue = "1,2,4,8,16,32,64",
            description = "How many speak at once, up to 64 (default: ${DEFAULT-VALUE}).")
    private List<Integer> streams;

    @Option(names = "--frames", defaultValue = "100", description = "Of a speech (default: ${DEFAULT-VALUE}).")
    private int frames;

    @Option(names = "--text-tokens", defaultValue = "25", description = "Of the text (default: ${DEFAULT-VALUE}).")
    private int textTokens;

    @Option(names = "--runs", defaultValue = "20", description = "First chunks measured (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "target/bench/gpu.jsonl",
            description = "One JSON line is added per number of streams (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Override
    public Integer call() throws IOException {
        CudaOptions options = CudaOptions.of(device, CacheDirectory.ofUser());
        CudaStatus status = Cuda.status(options);
        if (!status.available()) {
            throw new DeviceException(status.reason());
        }
        System.out.println(status.reason());
        if (statusOnly) {
            return 0;
        }
        Path directory = model.directory();
        boolean same = true;
        try (CudaDevice card = Cuda.open(options)) {
            CudaRun.Workload workload = new CudaRun.Workload(streams, frames, textTokens, runs);
            CudaRun run = new CudaRun(
                    card,
                    directory,
                    Precision.named(precision),
                    workload,
                    options.overlap() && card.properties().canOverlap());
            int inRealTime = 0;
            for (CudaResult result : run.measure()) {
                inRealTime = result.inRealTime()
                        ? Math.max(inRealTime, result.setting().streams())
                        : inRealTime;
                System.out.println(result.text());
                same &= result.sameAsAlone() && result.piecesEqualWhole();
                Files.createDirectories(out.toAbsolutePath().getParent());
                Files.writeString(out, result.json() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
            System.out.println("streams in real time: " + inRealTime + ", of those measured");
        }
        return same ? 0 : 1;
    }
}
