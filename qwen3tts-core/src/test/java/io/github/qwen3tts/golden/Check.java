package io.github.qwen3tts.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One golden output and how it is compared. */
record Check(String kind, String name, Comparison comparison) {

    /** Compares, and tells a report. */
    interface Comparison {
        void run(Report report) throws IOException;
    }

    /** What came of it; a failure to compute anything is a failed comparison. */
    Report run() {
        Report report = new Report();
        try {
            comparison.run(report);
        } catch (IOException | RuntimeException e) {
            report.fail(name, "threw " + e);
        }
        return report;
    }

    /** Everything a directory of golden outputs has: cases, and samplers, tokenizers and filters if they are there. */
    static List<Check> of(Path root, GoldenChecks models) throws IOException {
        List<Check> checks = new ArrayList<>();
        Path index = root.resolve("cases/index.json");
        for (JsonNode entry : new ObjectMapper().readTree(Files.readAllBytes(index))) {
            String path = entry.path("path").asText();
            String kind = entry.path("kind").asText();
            checks.add(new Check(kind, path, report -> models.run(GoldenCase.read(root, path, kind), report)));
        }
        checks.addAll(SamplingChecks.of(root.resolve("sampling.json")));
        checks.addAll(TokenizerChecks.of(root.resolve("qwen-tokenizer")));
        checks.addAll(DspChecks.of(root.resolve("dsp")));
        return checks;
    }
}
