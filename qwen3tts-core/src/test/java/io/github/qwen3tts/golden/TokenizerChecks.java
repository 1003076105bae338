package io.github.qwen3tts.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Encodes golden texts with the vocabulary beside them. */
final class TokenizerChecks {

    private record Vector(String text, int[] ids) {}

    private TokenizerChecks() {}

    /** One check per rule; none if there are no vectors. */
    static List<Check> of(Path directory) throws IOException {
        Path file = directory.resolve("tokens.jsonl");
        Map<String, List<Vector>> byRule = new TreeMap<>();
        if (Files.exists(file)) {
            ObjectMapper json = new ObjectMapper();
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    JsonNode vector = json.readTree(line);
                    byRule.computeIfAbsent(vector.path("rule").asText(), rule -> new ArrayList<>())
                            .add(new Vector(vector.path("text").asText(), PromptChecks.ints(vector.path("ids"))));
                }
            }
        }
        List<Check> checks = new ArrayList<>();
        byRule.forEach((rule, vectors) ->
                checks.add(new Check("tokenizer", rule, report -> check(directory, rule, vectors, report))));
        return checks;
    }

    private static void check(Path directory, String rule, List<Vector> vectors, Report report) {
        Tokenizer tokenizer = Tokenizer.load(directory, PromptChecks.rule(rule));
        int wrong = 0;
        for (Vector vector : vectors) {
            int[] ids = tokenizer.encode(vector.text());
            if (!Arrays.equals(vector.ids(), ids)) {
                wrong++;
                report.equal(new ObjectMapper().valueToTree(vector.text()).toString(), vector.ids(), ids);
            }
        }
        report.equal("texts encoded otherwise, of " + vectors.size(), 0, wrong);
    }
}
