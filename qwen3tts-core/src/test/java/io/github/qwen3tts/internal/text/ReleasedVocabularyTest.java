package io.github.qwen3tts.internal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.qwen3tts.api.PretokenizerRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleasedVocabularyTest {

    @TempDir
    private static Path directory;

    private static Tokenizer qwen2;
    private static Tokenizer mistral;

    @BeforeAll
    static void load() throws IOException {
        ReleasedVocabulary.writeTo(directory);
        qwen2 = Tokenizer.load(directory, PretokenizerRule.QWEN2);
        mistral = Tokenizer.load(directory, PretokenizerRule.MISTRAL);
    }

    @Test
    void everyTextHasTheIdsOfTheOfficialTokenizer() throws IOException {
        List<String> lines = GoldenFiles.unzippedLines("qwen-tokenizer/tokens.jsonl.gz");
        assertEquals(1820, lines.size());
        JsonMapper json = new JsonMapper();
        for (String line : lines) {
            JsonNode vector = json.readTree(line);
            Tokenizer tokenizer = switch (vector.get("rule").asText()) {
                case "R1" -> qwen2;
                case "R2" -> mistral;
                default -> throw new AssertionError(line);
            };
            int[] ids = tokenizer.encode(vector.get("text").asText());
            assertArrayEquals(GoldenFiles.ints(vector.get("ids")), ids, line);
        }
    }

    @Test
    void rulesDifferOnInnerCapitalsApostrophesAndMarks() {
        assertArrayEquals(new int[] {44740, 13370}, qwen2.encode("iPhone YouTube"));
        assertArrayEquals(new int[] {72, 6939, 1446, 11851}, mistral.encode("iPhone YouTube"));
        assertArrayEquals(new int[] {46, 27705, 26378, 613}, qwen2.encode("O'Donnell"));
        assertArrayEquals(new int[] {46, 6, 8002, 48465}, mistral.encode("O'Donnell"));
        assertArrayEquals(new int[] {143126, 23271, 125136, 28319}, qwen2.encode("สวัสดี"));
        assertArrayEquals(new int[] {35648, 124294, 35648, 124311}, mistral.encode("สวัสดี"));
    }

    @Test
    void lineBreakOfTheTemplateMergesWithTheTextBehindIt() {
        int[] ids = qwen2.encode("<|im_start|>assistant\n", "\nhi", "<|im_end|>\n");
        assertArrayEquals(new int[] {151644, 77091, 271, 6023, 151645, 198}, ids);
    }

    @Test
    void oneMegabyteOfOneCharacterIsEncoded() {
        int length = 1 << 20;
        assertEquals(length / 8, qwen2.encode("x".repeat(length)).length); // "xxxxxxxx" is the longest such token
        assertEquals(length / 128, qwen2.encode(" ".repeat(length)).length);
        assertEquals(length / 128, mistral.encode(" ".repeat(length)).length);
    }

    @Test
    void idsEndAtTheLastAddedToken() {
        assertEquals(151676, qwen2.idLimit());
        assertEquals(151675, qwen2.id("<|audio_pad|>"));
    }
}
