package io.github.qwen3tts.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.Soak;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentenceSplitterTest {

    private static final long SEED = Soak.seed(99);
    private static final int MAX_CHARS = 200;

    /** Each bar is where a sentence ends. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Good morning. |How are you? |Fine!",
                "\"Stop.\" |Then he left. |(All of them did.) |Why?",
                "Well... maybe not. |Well... |Maybe. |No! no! no! |Really?! |Yes.",
                "It costs 3.14 dollars at example.com today. |In 1999. |Then",
                "Mr. Smith met Dr. J. R. Jones at 5 p.m. on Main St. in Washington, e.g. here. |See No. 5 and Fig. 3 again. |No. |Yes.",
                "\"Really?\" he asked. |Great! |😀 Let's go! 😀 or not. |I",
                "Guten Morgen. |Am 3. Mai kommt Hr. Meier, z.B. um 10.30 Uhr. |„Hallo.“ |Er ging. |»Komm!« |Ja.",
                "¡Hola! |¿Qué tal? |El Sr. García vive en la pág. 12. |«Ven.» |Adiós.",
                "Bonjour ! |« Viens ici ! » |Mme. Dupont dit : « Oui. » et part. |Non\u00a0! |Bon.",
                "Il sig. Rossi è qui. |Davvero? |Sì, a pag. 5. |«Ciao.»",
                "O Sr. Silva chegou às 10h. |A Dra. Ana também… |Obrigado!",
                "Привет! |— Как дела? — спросил он. |А. С. Пушкин, т.е. поэт. |Да.",
                "안녕하세요. |오늘은 비가 와요! |네. |알겠습니다.",
                "你好！|今天天气很好，我们去公园吧。|“走吧。”|他说……好的？！|行",
                "你好!今天见?",
                "明日の朝、会いましょう。|「はい。」と言った。|「いいえ。」|では！ |３．１４です。|終わり",
                "A heading\n\nThe text goes\non here. |And\r\n\r\n|here.",
            })
    void sentencesEndWhereTheBarsAre(String marked) {
        List<String> expected = List.of(marked.replace("heading\n\n", "heading\n\n|")
                .replace("你好!今天", "你好!|今天")
                .split("\\|"));
        assertEquals(expected, split(String.join("", expected)));
    }

    @Test
    void sentenceIsThereWhenTheNextOneBegins() {
        SentenceSplitter splitter = new SentenceSplitter(MAX_CHARS);
        assertEquals(List.of(), splitter.feed("Hello"));
        assertEquals(List.of(), splitter.feed(". "));
        assertEquals(List.of("Hello. "), splitter.feed("H"));
        assertEquals(List.of(), splitter.feed("ow are you?"));
        assertEquals(List.of("How are you?"), splitter.finish());
        assertEquals(List.of(), splitter.finish());
    }

    @Test
    void sentencesDoNotDependOnThePieces() {
        Random random = new Random(SEED);
        for (int n = 0; n < Soak.cases(5_000); n++) {
            String text = randomText(random);
            int maxChars = SentenceSplitter.MIN_CHARS + random.nextInt(60);
            SentenceSplitter whole = new SentenceSplitter(maxChars);
            List<String> expected = new ArrayList<>(whole.feed(text));
            expected.addAll(whole.finish());
            SentenceSplitter splitter = new SentenceSplitter(maxChars);
            List<String> sentences = new ArrayList<>();
            for (int from = 0; from < text.length(); ) {
                int to = Math.min(text.length(), from + random.nextInt(6));
                sentences.addAll(splitter.feed(text.substring(from, to)));
                from = to;
            }
            sentences.addAll(splitter.finish());
            assertEquals(expected, sentences, () -> "seed=" + SEED + ", text=" + text);
            assertEquals(text, String.join("", sentences), () -> "seed=" + SEED);
            assertTrue(sentences.stream().allMatch(s -> !s.isEmpty() && s.length() <= maxChars), sentences::toString);
        }
    }

    @Test
    void endlessSentenceIsCutBehindACommaElseBehindAWord() {
        String clause = "and so it goes on and on, ";
        List<String> clauses = split(clause.repeat(20));
        assertTrue(clauses.size() > 1);
        assertTrue(clauses.stream().allMatch(s -> s.endsWith(", ")), clauses::toString);
        List<String> words = split("word ".repeat(100));
        assertTrue(words.size() > 1);
        assertTrue(words.stream().allMatch(s -> s.startsWith("word") && s.endsWith("word ")), words::toString);
    }

    @Test
    void endlessWordIsNotCutInsideACharacter() {
        for (String character : new String[] {"😀", "e\u0301", "x\u0301\u0323", "👩\u200D👧"}) {
            for (String s : split("a" + character.repeat(300))) {
                assertFalse(Character.isLowSurrogate(s.charAt(0)), s);
                assertFalse(Character.getType(s.charAt(0)) == Character.NON_SPACING_MARK, s);
                assertFalse(s.endsWith("\u200D") || s.startsWith("\u200D"), s);
            }
        }
    }

    @Test
    void longTextInOnePieceIsSplit() {
        assertEquals(200_000, split("This is one. ".repeat(200_000)).size());
        assertEquals(1 << 20, String.join("", split(".".repeat(1 << 20))).length());
        assertEquals(1 << 20, String.join("", split(" ".repeat(1 << 20))).length());
    }

    @Test
    void tooSmallALimitIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new SentenceSplitter(SentenceSplitter.MIN_CHARS - 1));
    }

    private static List<String> split(String text) {
        SentenceSplitter splitter = new SentenceSplitter(MAX_CHARS);
        List<String> sentences = new ArrayList<>(splitter.feed(text));
        sentences.addAll(splitter.finish());
        return sentences;
    }

    private static String randomText(Random random) {
        String[] parts = {
            "Hello", "mr", "Dr", "a", "B", "3", "14", "今天", "好", "と", "네", "да", "Да", "...", ".", ".", "!", "?", "。",
            "！", "…", " ", " ", " ", "\n", "\r", "\n\n", "\u00a0", "\u3000", "\"", "“", "”", "「", "」", "«", "»", ",",
            "，", "—", "😀", "\ud83d", "\ude00", "𐐨", "\u0301", "\u200d", "("
        };
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(60);
        while (length-- > 0) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }
}
