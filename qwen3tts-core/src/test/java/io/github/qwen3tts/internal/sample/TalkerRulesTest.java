package io.github.qwen3tts.internal.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qwen3tts.api.InvalidRequestException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TalkerRulesTest {

    private static final int EOS = 2150;
    private final TalkerRules rules = new TalkerRules(3072, EOS, 1.05f);
    private final Candidates candidates = new Candidates(3072);
    private final CodeHistory history = new CodeHistory(3072);

    @Test
    void soundCodesAndTheEndAreAllThatCanBeDrawn() {
        history.add(1);
        history.add(2);
        load(0f);
        rules.constrain(candidates, history);
        candidates.keep(new Sampling(1f, 0, 1f));
        assertEquals(
                IntStream.concat(IntStream.range(0, 2048), IntStream.of(EOS))
                        .boxed()
                        .toList(),
                IntStream.range(0, candidates.count()).mapToObj(candidates::id).toList());
    }

    @Test
    void theEndCannotBeDrawnFirstOrSecond() {
        for (int draw = 0; draw < 4; draw++) {
            load(10f);
            rules.constrain(candidates, history);
            assertEquals(draw < 2 ? 0 : EOS, candidates.best());
            history.add(7);
        }
    }

    @Test
    void anEndAtEitherEdgeOfTheControlCodesLeavesOthersOut() {
        for (int eos : new int[] {2048, 3071}) {
            history.add(0);
            history.add(1);
            load(0f);
            new TalkerRules(3072, eos, 1f).constrain(candidates, history);
            candidates.keep(new Sampling(1f, 0, 1f));
            assertEquals(2049, candidates.count());
            assertEquals(eos, candidates.id(2048));
        }
    }

    @Test
    void refusesAPenaltyOfZeroAndAnEndOutsideTheVocabulary() {
        assertThrows(InvalidRequestException.class, () -> new TalkerRules(3072, EOS, 0f));
        assertThrows(InvalidRequestException.class, () -> new TalkerRules(3072, EOS, Float.NaN));
        assertThrows(InvalidRequestException.class, () -> new TalkerRules(3072, 3072, 1f));
        assertThrows(InvalidRequestException.class, () -> new TalkerRules(1024, 0, 1f));
    }

    /** Every logit is 1, and that of the end is larger. */
    private void load(float more) {
        float[] logits = new float[3072];
        Arrays.fill(logits, 1f);
        logits[EOS] += more;
        candidates.load(FloatBuffer.wrap(logits), 0);
    }
}
