package io.github.qwen3tts.hearing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.Pcm;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompletenessTest {

    private static final int SENTENCES = 4; // 39 words, 12 s
    private static final int PAUSE_SAMPLES = 7_200; // 0.3 s

    @Test
    void longTextsThatAreSpokenWholePass() {
        Completeness whole = heard(0, SENTENCES);
        assertTrue(whole.passed(), whole.sentence());
    }

    @Test
    void longTextsWithoutTheirFirstSentenceFail() {
        Completeness cut = heard(1, SENTENCES);
        assertFalse(cut.passed(), cut.sentence());
        assertTrue(cut.firstHeard() < Completeness.MIN_HEARD, cut.sentence());
        assertTrue(cut.lastHeard() >= Completeness.MIN_HEARD, cut.sentence());
    }

    @Test
    void longTextsWithoutTheirLastSentenceFail() {
        Completeness cut = heard(0, SENTENCES - 1);
        assertFalse(cut.passed(), cut.sentence());
        assertTrue(cut.lastHeard() < Completeness.MIN_HEARD, cut.sentence());
        assertTrue(cut.firstHeard() >= Completeness.MIN_HEARD, cut.sentence());
    }

    @Test
    void textsWithoutTheirMiddleFail() {
        String text = IntStream.range(0, 60)
                .mapToObj(i -> "word" + (char) ('a' + i % 26) + (char) ('a' + i / 26))
                .collect(Collectors.joining(" "));
        List<String> words = TextNormalizer.words(text);
        assertTrue(Completeness.of(text, words).passed());
        List<String> cut = IntStream.range(0, 60)
                .filter(i -> i < 16 || i >= 41)
                .mapToObj(words::get)
                .toList();
        Completeness outcome = Completeness.of(text, cut);
        assertEquals(Completeness.END_WORDS, outcome.firstHeard());
        assertEquals(Completeness.END_WORDS, outcome.lastHeard());
        assertFalse(outcome.passed(), outcome.sentence());
    }

    @Test
    void shortTextsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Completeness.of("Too short to tell.", List.of()));
    }

    /** Judges speech that consists of some of the sentences, as a reading of all of them. */
    private static Completeness heard(int from, int to) {
        String text = DemoVoice.SENTENCES.stream()
                .limit(SENTENCES)
                .map(HeldOutSentence::text)
                .collect(Collectors.joining(" "));
        float[] speech = new float[0];
        for (Pcm sentence : DemoVoice.goodSpeech().subList(from, to)) {
            int length = speech.length;
            speech = Arrays.copyOf(speech, length + sentence.length() + PAUSE_SAMPLES);
            System.arraycopy(sentence.samples(), 0, speech, length, sentence.length());
        }
        return Completeness.of(text, DemoVoice.recognizer().words(Pcm.mono(speech, 24_000)));
    }
}
