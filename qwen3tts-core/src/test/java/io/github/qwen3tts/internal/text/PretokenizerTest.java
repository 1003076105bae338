package io.github.qwen3tts.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.Soak;
import io.github.qwen3tts.api.PretokenizerRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PretokenizerTest {

    private static final long SEED = Soak.seed(20260317);

    private static final Pattern QWEN2 = Pattern.compile(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern MISTRAL = Pattern.compile(
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    /** Members of every class, and what the rules name: contractions with the long s, slashes, kinds of space. */
    private static final int[] INTERESTING = ("''''sStTrRvVeEmMlLdDſ" // contractions
                    + "aBzéÉßǅʰªAA" // cased letters, title case, modifier letters
                    + "漢가אあ" // letters without case
                    + "\u0301\u0e31\u0903\u20dd" // marks of all three kinds
                    + "12²Ⅷ٣" // numbers
                    + "    \t\n\r\n\u000b\f\u0085\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000" // white space
                    + "\u001c\u001f\u180e\u200b\ufeff\u0000" // looks like white space
                    + "..,!?//-_«「。😀𝐻\ufffd") // symbols, and letters beyond 16 bits
            .codePoints()
            .toArray();

    @ParameterizedTest
    @EnumSource
    void cutsRandomTextLikeTheRegularExpression(PretokenizerRule rule) {
        Pattern pattern = rule == PretokenizerRule.QWEN2 ? QWEN2 : MISTRAL;
        Random random = new Random(SEED);
        for (int n = 0; n < Soak.cases(50_000); n++) {
            String text = randomText(random);
            assertEquals(pieces(pattern, text), pieces(rule, text), () -> "seed=" + SEED + ", text=" + text);
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutsEveryCodePointOfTheFirstTwoPlanesLikeTheRegularExpression(PretokenizerRule rule) {
        Pattern pattern = rule == PretokenizerRule.QWEN2 ? QWEN2 : MISTRAL;
        for (int c = 0; c < 0x20000; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                String text = "a " + Character.toString(c) + "B'" + Character.toString(c);
                assertEquals(pieces(pattern, text), pieces(rule, text), text);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneMegabyteWithoutABorderIsOnePiece(PretokenizerRule rule) {
        int length = 1 << 20;
        for (String unit : new String[] {"x", "X", "漢", "é", "!", " ", "\n", "\u0301"}) {
            assertEquals(1, pieces(rule, unit.repeat(length)).size(), unit);
        }
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int length = 1 + random.nextInt(12);
        while (length-- > 0) {
            int c = random.nextInt(8) > 0
                    ? INTERESTING[random.nextInt(INTERESTING.length)]
                    : random.nextInt(Character.MAX_CODE_POINT + 1);
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                text.appendCodePoint(c);
            }
        }
        return text.toString();
    }

    private static List<String> pieces(Pattern pattern, String text) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        return pieces;
    }

    private static List<String> pieces(PretokenizerRule rule, String text) {
        List<String> pieces = new ArrayList<>();
        int[] codePoints = text.codePoints().toArray();
        Pretokenizer pretokenizer = new Pretokenizer(rule, codePoints);
        for (int from = 0; from < codePoints.length; ) {
            int end = pretokenizer.pieceEnd(from);
            pieces.add(new String(codePoints, from, end - from));
            from = end;
        }
        return pieces;
    }
}
