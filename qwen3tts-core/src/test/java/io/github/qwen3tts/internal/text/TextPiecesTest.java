package io.github.qwen3tts.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextPiecesTest {

    @Test
    void aPieceIsASentenceWithoutTheBlanksAround() {
        assertEquals(List.of("Good morning."), TextPieces.of(" Good morning.\n", 200));
        assertEquals(
                List.of("Good morning.", "How are you, Dr. Smith?", "And you"),
                TextPieces.of("Good morning. How are you, Dr. Smith?\n\nAnd you", 200));
    }

    @Test
    void aSentenceThatIsTooLongIsCutAtAComma() {
        assertEquals(
                List.of("We read the whole page before we begin,", "and then we put the machine on a flat table."),
                TextPieces.of(
                        "We read the whole page before we begin, and then we put the machine on a flat table.", 60));
    }

    @Test
    void digitsAndCapitalsTakeLongerToSay() {
        String digits = "0123456789 ".repeat(8).strip();
        assertEquals(1, TextPieces.of(digits, 500).size());
        assertTrue(TextPieces.of(digits, 200).size() >= 3, "80 digits are as long as 400 letters");
        String letters = "abc ".repeat(20).strip();
        assertEquals(1, TextPieces.of(letters, 100).size());
        assertTrue(TextPieces.of(letters.toUpperCase(), 100).size() >= 2);
    }

    @Test
    void whatHasNoWordIsNoPieceOfItsOwn() {
        assertEquals(List.of("Stop. --", "Go on."), TextPieces.of("Stop.\n\n--\n\nGo on.", 200));
        assertEquals(List.of("..."), TextPieces.of("...", 200));
    }

    @Test
    void nothingIsLostAndNoPieceIsTooLong() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder("a");
            int length = random.nextInt(1_500);
            while (text.length() < length) {
                text.append("abcde fgh, ij. K; L 0 12? \n".charAt(random.nextInt(27)));
            }
            int maxChars = 160 + random.nextInt(100);
            List<String> pieces = TextPieces.of(text.toString(), maxChars);
            assertEquals(
                    text.toString().replaceAll("\\s", ""),
                    String.join("", pieces).replaceAll("\\s", ""),
                    "seed=" + seed);
            assertTrue(pieces.stream().allMatch(piece -> piece.length() <= maxChars + 20), "seed=" + seed);
        }
    }
}
