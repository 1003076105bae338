package io.github.qwen3tts.hearing;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Word errors of one text or of many: insertions, deletions and substitutions, the fewest that turn what was to be said
 * into what was heard. Counts, not rates, so that texts can be added.
 *
 * @param errors number of wrong, missing and additional words
 * @param words  number of words that were to be said
 */
public record WordErrors(int errors, int words) {

    /** No text at all, where sums begin. */
    public static final WordErrors NONE = new WordErrors(0, 0);

    /**
     * Counts the errors in one text.
     *
     * @param text  what was to be said
     * @param heard normalised words that were heard
     * @return the counts
     */
    public static WordErrors of(String text, List<String> heard) {
        List<String> words = TextNormalizer.words(text);
        return new WordErrors(WordAlignment.of(words, heard).errors(), words.size());
    }

    /**
     * Adds counts.
     *
     * @param all counts of texts
     * @return their sum
     */
    public static WordErrors sum(Collection<WordErrors> all) {
        return all.stream().reduce(NONE, WordErrors::plus);
    }

    /**
     * Adds the counts of another text.
     *
     * @param other the other counts
     * @return the sum
     */
    public WordErrors plus(WordErrors other) {
        return new WordErrors(errors + other.errors, words + other.words);
    }

    /**
     * Word error rate.
     *
     * @return errors per word, 0 or more, more than 1 possible; NaN without words
     */
    public double rate() {
        return (double) errors / words;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f (%d/%d)", rate(), errors, words);
    }
}
