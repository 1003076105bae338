package io.github.qwen3tts.internal.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts text that arrives in pieces into sentences, for speaking the first while the rest is still being written. A
 * sentence ends behind its full stop, question or exclamation mark, closing quotes and brackets and white space, or at
 * an empty line; not behind an abbreviation, an initial, the number of a date or list, or where a small letter follows.
 * When in doubt it goes on: a long sentence costs time, a wrong cut the melody.
 *
 * <p>The sentences do not depend on where the pieces were cut, and one after the other they are the text, character for
 * character. The end of a sentence is known when the next one begins, so the last one comes with {@link #finish()}. A
 * sentence is blank only if the text begins or ends with very many blanks.
 *
 * <p>One splitter serves one text at a time, on one thread at a time.
 */
public final class SentenceSplitter {

    /** The smallest limit a splitter can be given. */
    public static final int MIN_CHARS = 32;

    private static final String WIDE_STOPS = "。！？｡"; // need no white space behind them
    private static final String LOUD_STOPS = "!?‼⁇⁈⁉";
    private static final String STOPS = WIDE_STOPS + LOUD_STOPS + ".．…";
    private static final String CLOSERS = ")]}\"'”’»›」』】）］｝》〉〕＂＇";
    private static final String GERMAN_CLOSERS = "“‘«‹"; // open a quotation elsewhere, but not right behind a stop
    private static final String OPENERS = "([{\"'„“‚‘«‹»›¿¡「『【（《〈";
    private static final String WIDE_CLAUSE_MARKS = "，、；：";
    private static final String CLAUSE_MARKS = ",;:—–";
    private static final char ZERO_WIDTH_JOINER = '\u200D';

    private static final int NONE = -1; // no sentence ends here
    private static final int UNDECIDED = -2; // depends on what follows

    private final int maxChars;
    private final StringBuilder pending = new StringBuilder();

    /**
     * An empty splitter.
     *
     * @param maxChars UTF-16 units a sentence has at most, {@code >=} {@value #MIN_CHARS}; a longer one is cut at a
     *                 comma, else at a blank, else anywhere but inside a character
     */
    public SentenceSplitter(int maxChars) {
        if (maxChars < MIN_CHARS) {
            throw new IllegalArgumentException("maxChars must be >= " + MIN_CHARS + ": maxChars=" + maxChars);
        }
        this.maxChars = maxChars;
    }

    /**
     * Takes the next piece of the text.
     *
     * @param piece any part, of any length, cut anywhere
     * @return the sentences that are complete now, often none
     */
    public List<String> feed(String piece) {
        pending.append(piece);
        List<String> sentences = new ArrayList<>();
        int start = 0;
        for (int end = sentenceEnd(start); end != NONE; end = sentenceEnd(start)) {
            sentences.add(pending.substring(start, end));
            start = end;
        }
        pending.delete(0, start);
        return sentences;
    }

    /**
     * Ends the text. The splitter is then empty and may take another one.
     *
     * @return what is left, one sentence or none
     */
    public List<String> finish() {
        String rest = pending.toString();
        pending.setLength(0);
        return rest.isEmpty() ? List.of() : List.of(rest);
    }

    /**
     * The end of the sentence that begins at {@code start}, or {@link #NONE} if it is not complete. Looks at the first
     * {@code maxChars} characters only, and what it says of them stays true whatever follows.
     */
    private int sentenceEnd(int start) {
        boolean full = pending.length() - start >= maxChars;
        int limit = full ? start + maxChars : pending.length();
        int end = NONE;
        for (int at = start; at < limit && end == NONE; at++) {
            if (isSpace(at)) {
                end = at > start && !isSpace(at - 1) ? paragraphEnd(at, limit) : NONE;
            } else if (isOneOf(STOPS, at) && (at == start || !isOneOf(STOPS, at - 1))) {
                end = stopEnd(start, at, limit);
            }
        }
        if (end >= 0) {
            return end;
        }
        return full ? forcedEnd(start, limit) : NONE;
    }

    /** Of a run of white space that begins at {@code at}: its end if it holds an empty line. */
    private int paragraphEnd(int at, int limit) {
        int end = skipSpace(at, limit);
        if (end == limit) {
            return UNDECIDED;
        }
        return lineBreaks(at, end) >= 2 ? end : NONE;
    }

    private int lineBreaks(int from, int to) {
        int breaks = 0;
        for (int i = from; i < to; i++) {
            char c = pending.charAt(i);
            if (c == '\n' || c == '\u2029' || c == '\r' && pending.charAt(i + 1) != '\n') {
                breaks++;
            }
        }
        return breaks;
    }

    /** Of the stops that begin at {@code at}: the end of the sentence they close, if they close one. */
    private int stopEnd(int start, int at, int limit) {
        int stopsEnd = skip(STOPS, at, limit);
        boolean wide = containsAny(WIDE_STOPS, at, stopsEnd);
        int closed = skip(wide ? CLOSERS : CLOSERS + GERMAN_CLOSERS, stopsEnd, limit);
        int end = skipSpace(closed, limit);
        if (end == limit) {
            return UNDECIDED;
        }
        if (wide) {
            boolean quoted = closed > stopsEnd && pending.charAt(end) == 'と'; // 「…。」と…
            return quoted ? NONE : end;
        }
        if (end == closed) {
            return isWide(end) && containsAny(LOUD_STOPS, at, stopsEnd) ? end : NONE;
        }
        if (lineBreaks(closed, end) >= 2) {
            return end;
        }
        if (isOneOf("»›", end)) { // French quotations close behind a blank; elsewhere the mark opens one
            if (end + 1 == limit) {
                return UNDECIDED;
            }
            if (isSpace(end + 1)) {
                end = skipSpace(end + 1, limit);
            }
        }
        int next = nextWord(end, limit);
        if (next == limit) {
            return UNDECIDED;
        }
        int letter = Character.codePointAt(pending, next);
        if (Character.isLowerCase(letter)) {
            return NONE;
        }
        boolean oneFullStop = closed == at + 1 && pending.charAt(at) == '.';
        if (oneFullStop) {
            String word = wordBefore(start, at);
            boolean goesOn = Abbreviations.isOrdinal(word) ? next == end : Abbreviations.goesOn(word, letter);
            return goesOn ? NONE : end;
        }
        return end;
    }

    /** Where the next letter or digit is, whole, or {@code limit}. */
    private int nextWord(int from, int limit) {
        for (int i = from; i < limit; i++) {
            if (Character.isHighSurrogate(pending.charAt(i)) && i + 1 == limit) {
                return limit;
            }
            if (Character.isLetterOrDigit(Character.codePointAt(pending, i))) {
                return i;
            }
        }
        return limit;
    }

    /** What stands between the last white space and {@code at}, without opening quotes and brackets. */
    private String wordBefore(int start, int at) {
        int from = at;
        while (from > start && !isSpace(from - 1)) {
            from--;
        }
        return pending.substring(skip(OPENERS, from, at), at);
    }

    /** Where a sentence without end is cut: behind a clause in its second half, else a word, else a character. */
    private int forcedEnd(int start, int limit) {
        int word = NONE;
        for (int end = limit; end > start + 1; end--) {
            if (isOneOf(WIDE_CLAUSE_MARKS, end - 1) && end > start + maxChars / 2) {
                return end;
            }
            if (!isSpace(end - 1) || isSpace(end - 2)) {
                continue; // not behind the first blank of several; the others go to the next sentence
            }
            if (isOneOf(CLAUSE_MARKS, end - 2) && end > start + maxChars / 2) {
                return end;
            }
            word = Math.max(word, end);
        }
        return word != NONE ? word : characterEnd(start, limit);
    }

    /** The start of the last character in {@code (start, limit)}, since marks that belong to it may follow. */
    private int characterEnd(int start, int limit) {
        for (int end = limit - 1; end > start; end--) {
            if (!continuesCharacter(end)) {
                return end;
            }
        }
        return Character.isHighSurrogate(pending.charAt(limit - 1)) ? limit - 1 : limit;
    }

    private boolean continuesCharacter(int at) {
        int type = Character.getType(pending.charAt(at));
        return Character.isLowSurrogate(pending.charAt(at))
                || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || pending.charAt(at) == ZERO_WIDTH_JOINER
                || pending.charAt(at - 1) == ZERO_WIDTH_JOINER;
    }

    private int skip(String chars, int from, int limit) {
        int i = from;
        while (i < limit && isOneOf(chars, i)) {
            i++;
        }
        return i;
    }

    private int skipSpace(int from, int limit) {
        int i = from;
        while (i < limit && isSpace(i)) {
            i++;
        }
        return i;
    }

    private boolean containsAny(String chars, int from, int to) {
        for (int i = from; i < to; i++) {
            if (isOneOf(chars, i)) {
                return true;
            }
        }
        return false;
    }

    private boolean isOneOf(String chars, int at) {
        return chars.indexOf(pending.charAt(at)) >= 0;
    }

    /** Unicode white space, the kinds that forbid a line break included. */
    private boolean isSpace(int at) {
        char c = pending.charAt(at);
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** Whether a character is of a script that is written without blanks. */
    private boolean isWide(int at) {
        char c = pending.charAt(at);
        return c >= '\u3000' && c <= '\u9FFF' || c >= '\uFF01' && c <= '\uFF9F';
    }
}
