package io.github.qwen3tts.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.qwen3tts.internal.sample.Candidates;
import io.github.qwen3tts.internal.sample.CodeHistory;
import io.github.qwen3tts.internal.sample.Sampling;
import io.github.qwen3tts.internal.sample.TalkerRules;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Processes golden logits: which codes stay, with which score and probability. */
final class SamplingChecks {

    private final int eos;

    private SamplingChecks(int eos) {
        this.eos = eos;
    }

    /** One check per set; none if there is no such file. */
    static List<Check> of(Path file) throws IOException {
        List<Check> checks = new ArrayList<>();
        if (Files.exists(file)) {
            JsonNode golden = new ObjectMapper().readTree(Files.readAllBytes(file));
            SamplingChecks all =
                    new SamplingChecks(golden.path("codec_eos_token_id").asInt());
            for (JsonNode set : golden.path("sets")) {
                String name = set.path("id") + " " + set.path("head").asText() + " " + set.path("parameters");
                checks.add(new Check("sampling", name, report -> all.check(set, report)));
            }
        }
        return checks;
    }

    private void check(JsonNode set, Report report) {
        float[] logits = floats(set.path("logits"));
        JsonNode parameters = set.path("parameters");
        Candidates candidates = new Candidates(logits.length);
        candidates.load(FloatBuffer.wrap(logits), 0);
        if (set.path("head").asText().equals("talker")) {
            CodeHistory history = new CodeHistory(logits.length);
            set.path("history").forEach(code -> history.add(code.intValue()));
            float penalty = parameters.path("repetition_penalty").floatValue();
            new TalkerRules(logits.length, eos, penalty).constrain(candidates, history);
        }
        report.equal("greedy_id", set.path("greedy_id").intValue(), candidates.best());
        candidates.keep(options(parameters));
        compare(set, candidates, report);
    }

    private static void compare(JsonNode set, Candidates candidates, Report report) {
        int[] ids = new int[candidates.count()];
        float[] scores = new float[ids.length];
        float[] probabilities = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = candidates.id(i);
            scores[i] = candidates.score(i);
            probabilities[i] = candidates.probability(i);
        }
        float[] expectedScores = floats(set.path("kept_scores"));
        float[] expectedProbabilities = floats(set.path("kept_probabilities"));
        if (set.path("tie_at_top_p_cut").asBoolean()) { // which of equals stay is up to the original's sort
            Arrays.sort(scores);
            Arrays.sort(expectedScores);
            Arrays.sort(probabilities);
            Arrays.sort(expectedProbabilities);
        } else {
            report.equal("kept_ids", PromptChecks.ints(set.path("kept_ids")), ids);
        }
        for (int i = 0; i < Math.min(scores.length, expectedScores.length); i++) {
            float scale = Math.max(Math.abs(expectedScores[i]), Float.MIN_NORMAL);
            scores[i] /= scale;
            expectedScores[i] /= scale;
        }
        report.close("kept_scores, relative", expectedScores, scores, Tolerance.RELATIVE_SCORES);
        report.close("kept_probabilities", expectedProbabilities, probabilities, Tolerance.PROBABILITIES);
    }

    /** Greedy sets pass the rules only, which is what neutral options keep. */
    private static Sampling options(JsonNode parameters) {
        if (!parameters.path("do_sample").asBoolean()) {
            return new Sampling(1f, 0, 1f);
        }
        return new Sampling(
                parameters.path("temperature").floatValue(),
                parameters.path("top_k").intValue(),
                parameters.path("top_p").floatValue());
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }
}
