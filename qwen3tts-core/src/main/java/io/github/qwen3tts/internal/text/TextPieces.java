package io.github.qwen3tts.internal.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into the pieces that a checkpoint speaks one at a time: its sentences, and the parts of sentences that are
 * too long.
 */
public final class TextPieces {

    /** Spoken "two five": as long as so many letters. */
    private static final int LETTERS_OF_A_DIGIT = 5;

    /** In abbreviations, letters are spoken by their names. */
    private static final int LETTERS_OF_A_CAPITAL = 3;

    private TextPieces() {}

    /**
     * Cuts a text.
     *
     * @param text     not blank
     * @param maxChars characters of a piece at most, where a digit counts 5 and a capital letter 3, since they take so
     *                 long to say; {@code >=} {@link SentenceSplitter#MIN_CHARS}
     * @return the pieces in order, without blanks around them; at least one. What has neither letter nor digit is no piece
     *     of its own
     */
    public static List<String> of(String text, int maxChars) {
        List<String> pieces = new ArrayList<>();
        cut(text, maxChars, maxChars, pieces);
        return List.copyOf(pieces);
    }

    private static void cut(String text, int sentenceChars, int maxChars, List<String> pieces) {
        SentenceSplitter splitter = new SentenceSplitter(sentenceChars);
        List<String> sentences = new ArrayList<>(splitter.feed(text));
        sentences.addAll(splitter.finish());
        for (String sentence : sentences) {
            if (spokenChars(sentence) > maxChars && sentenceChars > SentenceSplitter.MIN_CHARS) {
                cut(sentence, Math.max(SentenceSplitter.MIN_CHARS, sentenceChars / 2), maxChars, pieces);
            } else {
                add(sentence.strip(), pieces);
            }
        }
    }

    private static void add(String sentence, List<String> pieces) {
        int last = pieces.size() - 1;
        if (last >= 0 && sentence.codePoints().noneMatch(Character::isLetterOrDigit)) {
            pieces.set(last, (pieces.get(last) + " " + sentence).strip());
        } else if (!sentence.isEmpty()) {
            pieces.add(sentence);
        }
    }

    private static int spokenChars(String text) {
        return text.codePoints()
                .map(c ->
                        Character.isDigit(c) ? LETTERS_OF_A_DIGIT : Character.isUpperCase(c) ? LETTERS_OF_A_CAPITAL : 1)
                .sum();
    }
}
