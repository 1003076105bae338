package io.github.qwen3tts.internal.text;

import io.github.qwen3tts.api.PretokenizerRule;

/**
 * Cuts a text into pieces as the regular expressions of {@link PretokenizerRule} do, in time linear in the text. Each
 * method below is one alternative of the expressions, tried in their order: it returns the end of its match, or
 * {@link #NO_MATCH}.
 */
final class Pretokenizer {

    private static final int NO_MATCH = -1;

    // Classes of a code point, as bits. A mark (M) is both UPPER and LOWER but no LETTER.
    private static final byte LETTER = 1; // L
    private static final byte NUMBER = 2; // N
    private static final byte SPACE = 4; // Unicode White_Space
    private static final byte LINE_BREAK = 8; // \r \n
    private static final byte UPPER = 16; // Lu Lt Lm Lo M
    private static final byte LOWER = 32; // Ll Lm Lo M

    private static final byte[] ASCII_CLASSES = new byte[128];

    static {
        for (int c = 0; c < ASCII_CLASSES.length; c++) {
            ASCII_CLASSES[c] = classify(c);
        }
    }

    private final PretokenizerRule rule;
    private final int[] text; // code points
    private final byte[] classes; // of each code point of text

    Pretokenizer(PretokenizerRule rule, int[] text) {
        this.rule = rule;
        this.text = text;
        this.classes = new byte[text.length];
        for (int i = 0; i < text.length; i++) {
            int c = text[i];
            classes[i] = c < ASCII_CLASSES.length ? ASCII_CLASSES[c] : classify(c);
        }
    }

    /** The end of the piece that begins at {@code from}, which must lie inside the text; always beyond it. */
    int pieceEnd(int from) {
        int end;
        if (rule == PretokenizerRule.QWEN2) {
            end = contraction(from);
            if (end == NO_MATCH) {
                end = word(from);
            }
        } else {
            end = casedWord(from);
        }
        if (end == NO_MATCH && is(from, NUMBER)) {
            end = from + 1;
        }
        if (end == NO_MATCH) {
            end = symbols(from);
        }
        return end == NO_MATCH ? spaces(from) : end;
    }

    /** {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)}. */
    private int contraction(int from) {
        if (text[from] != '\'' || from + 1 >= text.length) {
            return NO_MATCH;
        }
        int first = foldCase(text[from + 1]);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return from + 2;
        }
        if (from + 2 >= text.length) {
            return NO_MATCH;
        }
        int second = foldCase(text[from + 2]);
        boolean two = (first == 'r' || first == 'v') && second == 'e' || first == 'l' && second == 'l';
        return two ? from + 3 : NO_MATCH;
    }

    /** Lower case of the letters that occur in {@link #contraction}; the long s is one of them. */
    private static int foldCase(int c) {
        if (c >= 'A' && c <= 'Z') {
            return c + ('a' - 'A');
        }
        return c == 'ſ' ? 's' : c;
    }

    /** {@code [^\r\n\p{L}\p{N}]?\p{L}+}. */
    private int word(int from) {
        int start = isWordPrefix(from) ? from + 1 : from;
        int end = skip(start, LETTER);
        return end > start ? end : NO_MATCH;
    }

    /** Both word alternatives of {@link PretokenizerRule#MISTRAL}, each with and without the optional prefix. */
    private int casedWord(int from) {
        boolean prefix = isWordPrefix(from);
        int end = NO_MATCH;
        if (prefix) {
            end = lowerEnding(from + 1);
        }
        if (end == NO_MATCH) {
            end = lowerEnding(from);
        }
        if (end == NO_MATCH && prefix) {
            end = upperBeginning(from + 1);
        }
        return end == NO_MATCH ? upperBeginning(from) : end;
    }

    /**
     * {@code UPPER*LOWER+}. The first part takes all it can; if no LOWER follows, it gives back up to the last code
     * point that is both, and that one alone is the second part.
     */
    private int lowerEnding(int from) {
        int upperEnd = skip(from, UPPER);
        int end = skip(upperEnd, LOWER);
        if (end > upperEnd) {
            return end;
        }
        for (int last = upperEnd - 1; last >= from; last--) {
            if (is(last, LOWER)) {
                return last + 1;
            }
        }
        return NO_MATCH;
    }

    /** {@code UPPER+LOWER*}. */
    private int upperBeginning(int from) {
        int upperEnd = skip(from, UPPER);
        return upperEnd > from ? skip(upperEnd, LOWER) : NO_MATCH;
    }

    /** {@code [^\r\n\p{L}\p{N}]}. */
    private boolean isWordPrefix(int i) {
        return (classes[i] & (LINE_BREAK | LETTER | NUMBER)) == 0;
    }

    /** {@code  ?[^\s\p{L}\p{N}]+[\r\n]*}, where MISTRAL allows slashes among the line breaks. */
    private int symbols(int from) {
        int start = text[from] == ' ' ? from + 1 : from;
        int end = start;
        while (end < text.length && (classes[end] & (SPACE | LETTER | NUMBER)) == 0) {
            end++;
        }
        if (end == start) {
            return NO_MATCH;
        }
        while (end < text.length && (is(end, LINE_BREAK) || rule == PretokenizerRule.MISTRAL && text[end] == '/')) {
            end++;
        }
        return end;
    }

    /**
     * {@code \s*[\r\n]+|\s+(?!\S)|\s+}: up to the last line break of the run; without one, the whole run at the end of
     * the text, else all but its last space, which goes with what follows.
     */
    private int spaces(int from) {
        int end = skip(from, SPACE);
        for (int last = end - 1; last >= from; last--) {
            if (is(last, LINE_BREAK)) {
                return last + 1;
            }
        }
        return end == text.length || end == from + 1 ? end : end - 1;
    }

    private int skip(int from, byte wanted) {
        int i = from;
        while (i < text.length && is(i, wanted)) {
            i++;
        }
        return i;
    }

    private boolean is(int i, byte wanted) {
        return (classes[i] & wanted) != 0;
    }

    private static byte classify(int c) {
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> LETTER | UPPER;
            case Character.LOWERCASE_LETTER -> LETTER | LOWER;
            case Character.MODIFIER_LETTER, Character.OTHER_LETTER -> LETTER | UPPER | LOWER;
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
                UPPER | LOWER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
            case Character.CONTROL -> control(c);
            default -> 0;
        };
    }

    private static byte control(int c) {
        if (c == '\r' || c == '\n') {
            return SPACE | LINE_BREAK;
        }
        return c == '\t' || c == '\u000B' || c == '\f' || c == '\u0085' ? SPACE : 0;
    }
}
