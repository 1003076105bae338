package io.github.qwen3tts.internal.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.Soak;
import io.github.qwen3tts.api.DeviceException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidatesTest {

    private static final float OUT = Float.NEGATIVE_INFINITY;

    @Test
    void penaltyAppliesOncePerCodeAndRespectsTheSign() {
        Candidates candidates = loaded(2f, -1f, 0.5f, 1.5f, -0.5f);
        candidates.penalize(history(5, 0, 1, 0), 1.05f);
        candidates.keep(new Sampling(1f, 0, 1f));
        assertArrayEquals(new float[] {1.904762f, -1.05f, 0.5f, 1.5f, -0.5f}, scores(candidates), 1e-6f);
    }

    @Test
    void topPKeepsTheSmallestSetThatReachesTheMass() {
        Candidates candidates = loaded(2f, -1f, 0.5f, 1.5f, -0.5f);
        candidates.keep(new Sampling(1f, 0, 0.8f));
        assertEquals(List.of(0, 3), ids(candidates));
    }

    @Test
    void tiesWithTheLastOfTopKStay() {
        Candidates candidates = loaded(1f, 3f, 2f, 2f, 2f, 0f);
        candidates.keep(new Sampling(1f, 2, 1f));
        assertEquals(List.of(1, 2, 3, 4), ids(candidates));
    }

    @Test
    void ofEqualScoresAtTheTopPCutTheLowerCodesStay() {
        Candidates candidates = loaded(0f, 0f, 0f, 0f, 0f);
        candidates.keep(new Sampling(1f, 0, 0.5f)); // two of five hold less than the half to take away
        assertEquals(List.of(0, 1, 2), ids(candidates));
    }

    @Test
    void aTinyTopPKeepsTheLowestOfTheLargest() {
        Candidates candidates = loaded(0f, 4f, 4f, 1f);
        candidates.keep(new Sampling(1f, 0, Float.MIN_VALUE));
        assertEquals(List.of(1), ids(candidates));
        assertEquals(1f, candidates.probability(0));
    }

    @Test
    void aTopKBeyondTheVocabularyKeepsAll() {
        Candidates candidates = loaded(0f, 4f, OUT, 1f);
        candidates.keep(new Sampling(1f, 4000, 1f));
        assertEquals(List.of(0, 1, 3), ids(candidates));
    }

    @Test
    void topKCountsWhatIsOutSoThatFewFiniteScoresAllStay() {
        Candidates candidates = loaded(OUT, 4f, OUT, 1f);
        candidates.keep(new Sampling(1f, 3, 1f));
        assertEquals(List.of(1, 3), ids(candidates));
    }

    @Test
    void zerosOfEitherSignAreEqual() {
        Candidates candidates = loaded(-0f, 0f, -0f, 0f);
        assertEquals(0, candidates.best());
        candidates.keep(new Sampling(1f, 1, 0.4f));
        assertEquals(List.of(0, 1), ids(candidates));
    }

    @Test
    void readsItsRowOfABatchAndLeavesThePositionAlone() {
        FloatBuffer logits = FloatBuffer.wrap(new float[] {9f, 9f, 1f, 2f, 3f, 9f});
        logits.position(1);
        Candidates candidates = new Candidates(3);
        candidates.load(logits, 2);
        candidates.keep(new Sampling(1f, 0, 1f));
        assertArrayEquals(new float[] {1f, 2f, 3f}, scores(candidates));
        assertEquals(1, logits.position());
    }

    @Test
    void drawsByInverseDistributionInAscendingOrderOfCodes() {
        Candidates candidates = loaded(log(0.25), OUT, log(0.5), log(0.25));
        candidates.keep(new Sampling(1f, 0, 1f));
        assertEquals(0, candidates.draw(0f));
        assertEquals(0, candidates.draw(0.2499f));
        assertEquals(2, candidates.draw(0.2501f));
        assertEquals(2, candidates.draw(0.7499f));
        assertEquals(3, candidates.draw(0.7501f));
        assertEquals(3, candidates.draw(1f - 0x1p-24f));
    }

    @Test
    void aCodeWhoseProbabilityVanishesIsNeverDrawn() {
        Candidates candidates = loaded(-2000f, 0f, -2000f);
        candidates.keep(new Sampling(1f, 0, 1f));
        assertEquals(3, candidates.count());
        assertEquals(1, candidates.draw(0f));
        assertEquals(1, candidates.draw(1f - 0x1p-24f));
    }

    @Test
    void theSmallestTemperatureIsGreedyAndDoesNotOverflow() {
        Candidates candidates = loaded(20f, 21f, -300f, 20.99f);
        candidates.keep(new Sampling(Float.MIN_VALUE, 0, 1f));
        assertEquals(1, candidates.draw(0f));
        assertEquals(1, candidates.draw(1f - 0x1p-24f));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void refusesLogitsThatOverflowedAndNamesTheFirst(float bad) {
        DeviceException refused = assertThrows(DeviceException.class, () -> loaded(1f, bad, bad));
        assertTrue(refused.getMessage().startsWith("logits are not finite: code=1, logit=" + bad), refused::getMessage);
    }

    @Test
    void refusesToChooseWhenNothingIsLeft() {
        Candidates candidates = loaded(OUT, OUT);
        assertThrows(DeviceException.class, candidates::best);
        assertThrows(DeviceException.class, () -> candidates.keep(new Sampling(1f, 1, 0.5f)));
    }

    @Test
    void refusesScoresThatOverflowLater() {
        Candidates candidates = loaded(1e38f, 2e38f);
        assertThrows(DeviceException.class, () -> candidates.keep(new Sampling(0.1f, 0, 1f)));
    }

    @Test
    void refusesToDrawBeforeAnythingIsKept() {
        Candidates candidates = loaded(1f, 2f);
        assertThrows(IllegalStateException.class, () -> candidates.draw(0.5f));
        assertThrows(IllegalArgumentException.class, () -> candidates.keep(Sampling.GREEDY));
    }

    @Test
    void keepsWhatTheDefinitionKeepsForRandomLogits() {
        long seed = Soak.seed(20260117);
        Random random = new Random(seed);
        Candidates candidates = new Candidates(257);
        for (int round = 0; round < Soak.cases(3000); round++) {
            float[] logits = new float[257];
            boolean coarse = random.nextBoolean(); // many ties
            for (int i = 0; i < logits.length; i++) {
                float logit = (float) random.nextGaussian() * 3;
                logits[i] = random.nextInt(5) == 0 ? OUT : coarse ? Math.round(logit) : logit;
            }
            Sampling options = new Sampling(
                    random.nextBoolean() ? 1f : 0.2f + 2 * random.nextFloat(),
                    random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(300),
                    random.nextInt(3) == 0 ? 1f : 1f - random.nextFloat());
            candidates.load(FloatBuffer.wrap(logits), 0);
            candidates.keep(options);
            assertEquals(keptByDefinition(logits, options), ids(candidates), "seed=" + seed + ", round=" + round);
        }
    }

    /** Sorts everything, as the definition reads. */
    private static List<Integer> keptByDefinition(float[] logits, Sampling options) {
        double[] scores = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            scores[i] = logits[i] / options.temperature();
        }
        List<Integer> ascending = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer id) -> scores[id]).thenComparing(Comparator.reverseOrder()))
                .collect(Collectors.toList());
        if (options.topK() > 0) {
            int k = Math.min(options.topK(), scores.length);
            double threshold = scores[ascending.get(scores.length - k)];
            ascending.removeIf(id -> scores[id] < threshold);
        }
        ascending.removeIf(id -> scores[id] == OUT);
        if (options.topP() < 1) {
            double max = scores[ascending.get(ascending.size() - 1)];
            double total = ascending.stream()
                    .mapToDouble(id -> Math.exp(scores[id] - max))
                    .sum();
            double cumulated = Math.exp(scores[ascending.get(0)] - max) / total;
            while (ascending.size() > 1 && cumulated <= 1.0 - options.topP()) {
                ascending.remove(0);
                cumulated += Math.exp(scores[ascending.get(0)] - max) / total;
            }
        }
        return ascending.stream().sorted().toList();
    }

    private static Candidates loaded(float... logits) {
        Candidates candidates = new Candidates(logits.length);
        candidates.load(FloatBuffer.wrap(logits), 0);
        return candidates;
    }

    private static CodeHistory history(int vocabulary, int... codes) {
        CodeHistory history = new CodeHistory(vocabulary);
        Arrays.stream(codes).forEach(history::add);
        return history;
    }

    private static List<Integer> ids(Candidates candidates) {
        return IntStream.range(0, candidates.count()).mapToObj(candidates::id).toList();
    }

    private static float[] scores(Candidates candidates) {
        float[] scores = new float[candidates.count()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = candidates.score(i);
        }
        return scores;
    }

    private static float log(double probability) {
        return (float) Math.log(probability);
    }
}
