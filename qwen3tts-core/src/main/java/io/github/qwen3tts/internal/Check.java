package io.github.qwen3tts.internal;

import io.github.qwen3tts.api.InvalidRequestException;

/** Argument checks whose messages read {@code rule: name=value, name=value}. */
public final class Check {

    /** The one kind of white space that Java takes for a control character. */
    private static final char NEXT_LINE = 0x85;

    private Check() {}

    /**
     * Refuses a request unless a rule holds.
     *
     * @param holds          whether the rule holds
     * @param rule           the rule as a sentence, naming the valid range
     * @param namesAndValues alternating names and values that broke it
     * @throws InvalidRequestException if the rule does not hold
     */
    public static void argument(boolean holds, String rule, Object... namesAndValues) {
        if (!holds) {
            throw new InvalidRequestException(message(rule, namesAndValues));
        }
    }

    /**
     * Joins a rule with the values it speaks of.
     *
     * @param rule           the sentence
     * @param namesAndValues alternating names and values
     * @return {@code rule: name=value, name=value}
     */
    public static String message(String rule, Object... namesAndValues) {
        StringBuilder out = new StringBuilder(rule);
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            out.append(i == 0 ? ": " : ", ")
                    .append(namesAndValues[i])
                    .append('=')
                    .append(namesAndValues[i + 1]);
        }
        return out.toString();
    }

    /**
     * Returns whether a text has nothing to speak.
     *
     * @param text any text
     * @return true if it is empty or white space of any kind, no-break spaces and next-line characters included
     */
    public static boolean isBlank(String text) {
        return text.chars().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c) || c == NEXT_LINE);
    }
}
