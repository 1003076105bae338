package io.github.qwen3tts.internal.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {

    private static final Sampling RELEASED = new Sampling(0.9f, 50, 1f);

    @Test
    void temperatureZeroIsGreedy() {
        assertSame(Sampler.GREEDY, Sampler.of(Sampling.GREEDY));
        assertSame(Sampler.GREEDY, Sampler.of(new Sampling(0, 50, 1f)));
    }

    @Test
    void sameSeedDrawsTheSameCodes() {
        FloatBuffer logits = logits(3072, 3);
        Candidates candidates = new Candidates(3072);
        Sampler sampler = Sampler.of(RELEASED);
        int[] first = new int[200];
        for (int frame = 0; frame < first.length; frame++) {
            candidates.load(logits, 0);
            first[frame] = sampler.draw(candidates, Philox.uniform(9, 1, frame, 0));
        }
        Candidates other = new Candidates(3072);
        for (int frame = first.length - 1; frame >= 0; frame--) { // another order, another workspace
            other.load(logits, 0);
            assertEquals(first[frame], sampler.draw(other, Philox.uniform(9, 1, frame, 0)));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1", "0.9, 50, 1", "1.7, 0, 0.8", "1.5, 40, 0.95"})
    void drawsFollowTheirProbabilities(float temperature, int topK, float topP) {
        int vocabulary = 300;
        FloatBuffer logits = logits(vocabulary, 5);
        Sampler sampler = Sampler.of(new Sampling(temperature, topK, topP));
        Candidates candidates = new Candidates(vocabulary);
        int[] drawn = new int[vocabulary];
        int draws = 30_000;
        for (int frame = 0; frame < draws / 15; frame++) {
            for (int group = 1; group < 16; group++) {
                candidates.load(logits, 0);
                drawn[sampler.draw(candidates, Philox.uniform(7, 0, frame, group))]++;
            }
        }
        double chiSquare = 0;
        int cells = 0;
        double rareExpected = 0;
        int rareDrawn = 0;
        int kept = 0;
        for (int i = 0; i < candidates.count(); i++) {
            double expected = draws * (double) candidates.probability(i);
            int seen = drawn[candidates.id(i)];
            kept += seen;
            if (expected < 5) {
                rareExpected += expected;
                rareDrawn += seen;
            } else {
                chiSquare += (seen - expected) * (seen - expected) / expected;
                cells++;
            }
        }
        if (rareExpected >= 5) {
            chiSquare += (rareDrawn - rareExpected) * (rareDrawn - rareExpected) / rareExpected;
            cells++;
        }
        assertEquals(draws, kept, "something was drawn that was not kept");
        double freedom = cells - 1;
        // Wilson-Hilferty: the 99.999 % quantile of chi-square.
        double limit = freedom * Math.pow(1 - 2 / (9 * freedom) + 4.265 * Math.sqrt(2 / (9 * freedom)), 3);
        assertTrue(cells > 10 && chiSquare < limit, "chiSquare=" + chiSquare + ", limit=" + limit + ", cells=" + cells);
    }

    @Test
    void aDrawAllocatesNothing() {
        FloatBuffer logits = logits(3072, 1);
        Candidates candidates = new Candidates(3072);
        CodeHistory history = new CodeHistory(3072);
        TalkerRules rules = new TalkerRules(3072, 2150, 1.05f);
        Sampler sampler = Sampler.of(new Sampling(0.9f, 50, 0.9f));
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) { // the first rounds load classes and compile
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int frame = 0; frame < 100; frame++) {
                candidates.load(logits, 0);
                rules.constrain(candidates, history);
                history.add(sampler.draw(candidates, Philox.uniform(1, 1, frame, 0)));
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least < 100, "bytes of 100 draws: " + least);
    }

    private static FloatBuffer logits(int count, long seed) {
        Random random = new Random(seed);
        float[] logits = new float[count];
        for (int i = 0; i < count; i++) {
            logits[i] = (float) random.nextGaussian() * 2;
        }
        return FloatBuffer.wrap(logits);
    }
}
