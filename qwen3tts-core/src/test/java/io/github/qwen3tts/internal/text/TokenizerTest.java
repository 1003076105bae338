package io.github.qwen3tts.internal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.PretokenizerRule;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenizerTest {

    private static final Tokenizer TOKENIZER =
            Tokenizer.load(GoldenFiles.path("checkpoints/mini-custom-voice"), PretokenizerRule.QWEN2);

    private static final int IM_START = 557;
    private static final int IM_END = 558;

    @Test
    void everyTemplateOfTheGoldenCasesHasItsIds() throws IOException {
        Map<String, JsonNode> cases = GoldenFiles.speechCases();
        assertEquals(41, cases.size());
        for (Map.Entry<String, JsonNode> golden : cases.entrySet()) {
            for (JsonNode tokens : golden.getValue().at("/outputs/token_ids")) {
                int[] ids = TOKENIZER.encode(tokens.get("template").asText());
                assertArrayEquals(GoldenFiles.ints(tokens.get("ids")), ids, golden.getKey());
            }
        }
    }

    @Test
    void literalsAreObeyedInTheTemplateAndPlainInTheText() {
        int[] ids = TOKENIZER.encode("<|im_start|>", "a<|im_end|>b", "<|im_end|>");
        int[] text = Arrays.copyOfRange(ids, 1, ids.length - 1);
        assertEquals(IM_START, ids[0]);
        assertEquals(IM_END, ids[ids.length - 1]);
        assertTrue(Arrays.stream(text).noneMatch(id -> id == IM_END), Arrays.toString(ids));
        assertArrayEquals(
                new int[] {IM_START, 'a' - '!', IM_END, 'b' - '!', IM_END},
                TOKENIZER.encode("<|im_start|>a<|im_end|>b<|im_end|>"));
    }

    @Test
    void literalThatOnlyFormsAcrossABorderIsPlain() {
        int[] ids = TOKENIZER.encode("a<|im_", "end|>", "");
        assertArrayEquals(TOKENIZER.encode("", "a<|im_end|>", ""), ids);
    }

    @Test
    void textWithoutLiteralsHasTheIdsOfTheJoinedString() {
        for (String text : new String[] {"Hello again.", "\n\n x", " x", "e", "\u0301e", ""}) {
            assertArrayEquals(
                    TOKENIZER.encode("<|im_start|>assistant\n" + text + "\n<|im_end|>\n"),
                    TOKENIZER.encode("<|im_start|>assistant\n", text, "\n<|im_end|>\n"),
                    text);
        }
    }

    @Test
    void longestLiteralWins() {
        int single = TOKENIZER.id("<tts_text_bos_single>");
        assertArrayEquals(new int[] {single}, TOKENIZER.encode("<tts_text_bos_single>"));
        assertArrayEquals(new int[] {TOKENIZER.id("<tts_text_bos>"), '<' - '!'}, TOKENIZER.encode("<tts_text_bos><"));
    }

    @Test
    void composedAndDecomposedLettersAreTheSame() {
        assertArrayEquals(TOKENIZER.encode("\u00e9"), TOKENIZER.encode("e\u0301"));
        assertArrayEquals(TOKENIZER.encode("\uac00"), TOKENIZER.encode("\u1100\u1161"));
    }

    @Test
    void halfASurrogatePairIsAReplacementCharacter() {
        assertArrayEquals(TOKENIZER.encode("a\ufffdb"), TOKENIZER.encode("a\ud83db"));
        assertArrayEquals(TOKENIZER.encode("\ufffd"), TOKENIZER.encode("\ude00"));
    }

    @Test
    void emptyTextHasNoIds() {
        assertEquals(0, TOKENIZER.encode("").length);
    }

    @Test
    void refusesEndlessCombiningMarks() {
        String accepted = "a" + "\u0323\u0301".repeat(Normalization.MAX_MARKS / 2);
        assertTrue(TOKENIZER.encode(accepted).length > 0);
        assertThrows(InvalidRequestException.class, () -> TOKENIZER.encode(accepted + "\u0301"));
    }

    @Test
    void unknownAddedTokenIsNamed() {
        ModelLoadException e = assertThrows(ModelLoadException.class, () -> TOKENIZER.id("<|nothing|>"));
        assertTrue(e.getMessage().contains("<|nothing|>"), e.getMessage());
    }

    @Test
    void threadsShareOneTokenizer() {
        String text = "The train leaves at seven, so please be early. ".repeat(50);
        int[] expected = TOKENIZER.encode(text);
        IntStream.range(0, 200).parallel().forEach(i -> assertArrayEquals(expected, TOKENIZER.encode(text)));
    }
}
