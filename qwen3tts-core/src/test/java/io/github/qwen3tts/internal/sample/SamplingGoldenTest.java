package io.github.qwen3tts.internal.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Processed scores of the official model: which codes stay, with which score and probability. */
class SamplingGoldenTest {

    private static final double SCORE_TOLERANCE = 1e-5; // relative: float32 division, order of operations equal
    private static final double PROBABILITY_TOLERANCE = 1e-6; // softmax in float32 against ours in double

    @TestFactory
    List<DynamicTest> everySetKeepsWhatTheOfficialModelKeeps() throws IOException {
        JsonNode golden;
        try (InputStream json = SamplingGoldenTest.class.getResourceAsStream("sampling.json")) {
            golden = new ObjectMapper().readTree(json);
        }
        int eos = golden.get("codec_eos_token_id").intValue();
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode set : golden.get("sets")) {
            String name = "set " + set.get("id") + " " + set.get("head").asText() + " " + set.get("parameters");
            tests.add(DynamicTest.dynamicTest(name, () -> check(set, eos)));
        }
        assertEquals(36, tests.size());
        return tests;
    }

    private static void check(JsonNode set, int eos) {
        float[] logits = floats(set.get("logits"));
        JsonNode parameters = set.get("parameters");
        Candidates candidates = new Candidates(logits.length);
        candidates.load(FloatBuffer.wrap(logits), 0);
        if (set.get("head").asText().equals("talker")) {
            CodeHistory history = new CodeHistory(logits.length);
            set.get("history").forEach(code -> history.add(code.intValue()));
            new TalkerRules(
                            logits.length,
                            eos,
                            parameters.get("repetition_penalty").floatValue())
                    .constrain(candidates, history);
        }
        assertEquals(set.get("greedy_id").intValue(), candidates.best());
        assertEquals(set.get("greedy_id").intValue(), Sampler.GREEDY.draw(candidates, 0.99f));
        candidates.keep(options(parameters));

        int[] ids = new int[candidates.count()];
        float[] scores = new float[ids.length];
        float[] probabilities = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = candidates.id(i);
            scores[i] = candidates.score(i);
            probabilities[i] = candidates.probability(i);
        }
        float[] expectedScores = floats(set.get("kept_scores"));
        float[] expectedProbabilities = floats(set.get("kept_probabilities"));
        if (set.path("tie_at_top_p_cut").asBoolean()) {
            // Which of equal scores stay is the reference's unstable sort; how many of them is not.
            Arrays.sort(scores);
            Arrays.sort(expectedScores);
            Arrays.sort(probabilities);
            Arrays.sort(expectedProbabilities);
        } else {
            assertEquals(set.get("kept_ids").toString(), Arrays.toString(ids).replace(" ", ""));
        }
        assertEquals(expectedScores.length, scores.length);
        for (int i = 0; i < scores.length; i++) {
            assertEquals(expectedScores[i], scores[i], SCORE_TOLERANCE * Math.abs(expectedScores[i]));
            assertEquals(expectedProbabilities[i], probabilities[i], PROBABILITY_TOLERANCE);
        }
    }

    /** Greedy sets pass the rules only, which is what neutral options keep. */
    private static Sampling options(JsonNode parameters) {
        if (!parameters.get("do_sample").asBoolean()) {
            return new Sampling(1f, 0, 1f);
        }
        return new Sampling(
                parameters.get("temperature").floatValue(),
                parameters.get("top_k").intValue(),
                parameters.get("top_p").floatValue());
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }
}
