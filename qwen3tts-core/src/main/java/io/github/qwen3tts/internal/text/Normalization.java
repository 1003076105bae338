package io.github.qwen3tts.internal.text;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.internal.Check;
import java.text.Normalizer;

/** Brings text into the form the vocabulary was learned on: Unicode NFC, as code points. */
final class Normalization {

    /**
     * Combining marks in a row that are accepted. Sorting them takes the square of their number; real text stays below
     * the 30 of Unicode's stream-safe format.
     */
    static final int MAX_MARKS = 256;

    private static final char FIRST_COMPOSING = '\u0300'; // below it every character is NFC and stays what it is
    private static final int REPLACEMENT = 0xFFFD;

    private Normalization() {}

    /**
     * The code points of the NFC form, with U+FFFD for each surrogate without its other half.
     *
     * @throws InvalidRequestException if more than {@link #MAX_MARKS} combining marks follow each other
     */
    static int[] toNfc(CharSequence text) {
        boolean normal = true;
        int marks = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < FIRST_COMPOSING) {
                marks = 0;
                continue;
            }
            normal = false;
            int c = Character.codePointAt(text, i);
            i += Character.charCount(c) - 1;
            marks = isMark(c) ? marks + 1 : 0;
            Check.argument(
                    marks <= MAX_MARKS,
                    "text must not have so many combining marks in a row; remove them",
                    "maxMarks",
                    MAX_MARKS);
        }
        CharSequence nfc = normal ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
        int[] codePoints = nfc.codePoints().toArray();
        for (int i = 0; i < codePoints.length; i++) {
            if (codePoints[i] >= Character.MIN_SURROGATE && codePoints[i] <= Character.MAX_SURROGATE) {
                codePoints[i] = REPLACEMENT;
            }
        }
        return codePoints;
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }
}
