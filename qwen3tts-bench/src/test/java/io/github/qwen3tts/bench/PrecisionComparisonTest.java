package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.InvalidRequestException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrecisionComparisonTest {

    /** What 8 bits must keep of the scores, on average over all draws of a part. */
    private static final double LEAST_MEAN_COSINE = 0.998;

    @ParameterizedTest
    @ValueSource(strings = {"mini-base", "mini-custom-voice", "mini-custom-voice-1b7", "mini-voice-design"})
    void eightBitsKeepTheScoresAndFourBitsLoseMore(String checkpoint) throws IOException {
        List<PrecisionScore> scores = comparison(checkpoint, 20).compare(List.of("int8", "int4"));
        System.out.println(checkpoint + "\n" + ScoreTable.of(scores));
        PrecisionScore int8 = scores.get(0);
        PrecisionScore int4 = scores.get(1);
        assertTrue(int8.talker().cosine().mean() >= LEAST_MEAN_COSINE, int8.toString());
        assertTrue(int8.codePredictor().cosine().mean() >= LEAST_MEAN_COSINE, int8.toString());
        assertTrue(int4.talker().cosine().mean() < int8.talker().cosine().mean());
        assertTrue(int4.codePredictor().cosine().mean()
                < int8.codePredictor().cosine().mean());
        assertTrue(int4.talker().sameBest() <= int8.talker().sameBest());
    }

    @Test
    void theExactModelAgreesWithItself() throws IOException {
        PrecisionScore self =
                comparison("mini-custom-voice", 5).compare(List.of("fp32")).get(0);
        assertEquals(1, self.talker().cosine().min(), 1e-12);
        assertEquals(1, self.codePredictor().cosine().min(), 1e-12);
        assertEquals(1, self.talker().sameBest());
        assertEquals(1, self.codePredictor().sameBest());
        assertEquals(1, self.equalCodes());
        assertEquals(1, self.durationStretch());
        int frames = self.codePredictor().cosine().count() / 15;
        assertEquals(
                frames + 4, self.talker().cosine().count(), "each of four prompts has a last draw without a frame");
    }

    @Test
    void refusesAPrecisionThatIsNoneInParticular() {
        PrecisionComparison comparison = comparison("mini-custom-voice", 5);
        assertThrows(InvalidRequestException.class, () -> comparison.compare(List.of("auto")));
        assertThrows(InvalidRequestException.class, () -> comparison.compare(List.of("int8", "int5")));
    }

    private static PrecisionComparison comparison(String checkpoint, int frames) {
        return new PrecisionComparison(MiniCheckpoints.directory(checkpoint), 2, frames, 1);
    }
}
