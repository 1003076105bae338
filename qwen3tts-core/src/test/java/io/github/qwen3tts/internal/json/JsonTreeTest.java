package io.github.qwen3tts.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTreeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{}",
                "[]",
                "null",
                " \"text \\u00e9\\n\" ",
                "{\"a\": {\"b\": [1, -2147483649, 123456789012345678901234567890, 1.5e-6, true, false, null]}, \"c\": \"d\"}",
                "[[[]], {\"x\": [{}]}]"
            })
    void isWhatAnObjectMapperReads(String json) throws IOException {
        assertEquals(new ObjectMapper().readTree(json), JsonTree.read(json.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1,", "{\"a\": }", "{\"a\": 1, \"a\": 2}", "{} {}", "{}x", "1 2", "NaN", "]"})
    void refusesWhatIsNotOneValue(String json) {
        assertThrows(JacksonException.class, () -> JsonTree.read(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void refusesWhatIsNestedTooDeep() {
        byte[] deep = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        JacksonException e = assertThrows(JacksonException.class, () -> JsonTree.read(deep));
        assertTrue(e.getMessage().contains("depth"), e.getMessage());
    }
}
