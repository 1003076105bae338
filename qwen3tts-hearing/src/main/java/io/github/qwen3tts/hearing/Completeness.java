package io.github.qwen3tts.hearing;

import java.util.List;
import java.util.Locale;

/**
 * Tells whether a long text was spoken whole, from its beginning to its end. Word errors alone would pass a speech of
 * 300 words that lacks its first sentence, so the first and the last words must be heard where they belong.
 *
 * @param errors     word errors of the whole text
 * @param firstHeard how many of the first eight words were heard in their place
 * @param lastHeard  how many of the last eight words were heard in their place
 */
public record Completeness(WordErrors errors, int firstHeard, int lastHeard) {

    /** Words at either end that are looked at; texts have at least twice as many. */
    public static final int END_WORDS = 8;

    /**
     * Words at either end that must be heard. With a word error rate of 0.3, fewer than 4 of 8 are heard in 6 of 100
     * speeches if errors are independent; of words that were not spoken, 1 is heard now and then by chance.
     */
    public static final int MIN_HEARD = 4;

    /** The largest word error rate of a long text. A third of a text that is lost lies above it even if all else is heard. */
    public static final double MAX_RATE = 0.4;

    /**
     * Compares a text with what was heard.
     *
     * @param text  what was to be said, at least 16 words
     * @param heard normalised words that were heard
     * @return the outcome
     */
    public static Completeness of(String text, List<String> heard) {
        List<String> words = TextNormalizer.words(text);
        if (words.size() < 2 * END_WORDS) {
            throw new IllegalArgumentException("text is too short to have a beginning and an end: words=" + words.size()
                    + ", min=" + 2 * END_WORDS);
        }
        WordAlignment alignment = WordAlignment.of(words, heard);
        return new Completeness(
                new WordErrors(alignment.errors(), words.size()),
                alignment.heard().get(0, END_WORDS).cardinality(),
                alignment.heard().get(words.size() - END_WORDS, words.size()).cardinality());
    }

    /**
     * Tells whether the text was spoken whole.
     *
     * @return whether all three values are within their bounds
     */
    public boolean passed() {
        return errors.rate() <= MAX_RATE && firstHeard >= MIN_HEARD && lastHeard >= MIN_HEARD;
    }

    /**
     * Says what was measured, and against which bounds.
     *
     * @return a sentence
     */
    public String sentence() {
        return String.format(
                Locale.ROOT,
                "long text: word error rate=%s, bound=%.2f; heard of the first %d words=%d, of the last=%d, bound=%d",
                errors,
                MAX_RATE,
                END_WORDS,
                firstHeard,
                lastHeard,
                MIN_HEARD);
    }
}
