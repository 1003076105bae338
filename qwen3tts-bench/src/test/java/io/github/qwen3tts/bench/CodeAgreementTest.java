package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CodeAgreementTest {

    @Test
    void equalSpeechesDifferNowhere() {
        assertEquals(
                new CodeAgreement(2, 2, CodeAgreement.NONE, 1),
                CodeAgreement.of(new int[] {1, 2, 3, 4}, new int[] {1, 2, 3, 4}, 2));
    }

    @Test
    void theFirstFrameWithAnotherCodeIsTheFirstDifference() {
        assertEquals(
                new CodeAgreement(3, 3, 1, 4 / 6.0),
                CodeAgreement.of(new int[] {1, 2, 3, 4, 5, 6}, new int[] {1, 2, 3, 0, 0, 6}, 2));
    }

    @Test
    void aSpeechThatEndsEarlierDiffersWhereItEnds() {
        assertEquals(new CodeAgreement(2, 1, 1, 1), CodeAgreement.of(new int[] {1, 2, 3, 4}, new int[] {1, 2}, 2));
        assertEquals(new CodeAgreement(1, 0, 0, 1), CodeAgreement.of(new int[] {1, 2}, new int[0], 2));
    }
}
