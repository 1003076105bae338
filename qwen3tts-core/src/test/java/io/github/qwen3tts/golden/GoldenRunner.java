package io.github.qwen3tts.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs every golden case of a directory: {@code ./dev golden DIR}. */
public final class GoldenRunner {

    private GoldenRunner() {}

    /** Ends with {@code N passed, M failed}; the exit status is 1 if any failed. */
    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        int passed = 0;
        int failed = 0;
        try (GoldenChecks checks = new GoldenChecks()) {
            for (GoldenCase golden : cases(root)) {
                Report report = checks.run(golden);
                System.out.println((report.passed() ? "passed " : "FAILED ") + golden.kind() + " " + golden.path());
                report.lines().forEach(System.out::println);
                passed += report.passed() ? 1 : 0;
                failed += report.passed() ? 0 : 1;
            }
        }
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 && passed > 0 ? 0 : 1);
    }

    static List<GoldenCase> cases(Path root) throws IOException {
        JsonNode index = new ObjectMapper().readTree(Files.readAllBytes(root.resolve("cases/index.json")));
        List<GoldenCase> cases = new ArrayList<>();
        for (JsonNode entry : index) {
            cases.add(GoldenCase.read(
                    root, entry.path("path").asText(), entry.path("kind").asText()));
        }
        return cases;
    }
}
