package io.github.qwen3tts.bench;

import java.util.function.ToIntFunction;

/** English words, as many as make a number of tokens. */
final class BenchmarkText {

    private static final String[] WORDS =
            ("Good morning and welcome on board the early train to the coast, which will leave from platform nine in a"
                            + " few minutes and call at every station on the way.")
                    .split(" ");

    private BenchmarkText() {}

    /** At most {@code tokens}, but a word at least. */
    static String of(int tokens, ToIntFunction<String> count) {
        String text = WORDS[0];
        for (int word = 1; count.applyAsInt(text + ' ' + WORDS[word % WORDS.length]) <= tokens; word++) {
            text += ' ' + WORDS[word % WORDS.length];
        }
        while (count.applyAsInt(text + " a") <= tokens) {
            text += " a";
        }
        return text;
    }
}
