package io.github.qwen3tts.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafeNameTest {

    @ParameterizedTest
    @CsvSource({
        "*.json, config.json, true",
        "*.json, a/config.json, false",
        "*.json, config.jsonl, false",
        "**.json, a/b/config.json, true",
        "a/*.txt, a/merges.txt, true",
        "a/?.txt, a/b.txt, true",
        "a?b, a/b, false",
        "a.b, aXb, false",
        "a+(b), a+(b), true"
    })
    void patternsStopAtASlashUnlessDoubled(String pattern, String name, boolean expected) {
        assertEquals(expected, SafeName.matches(pattern, name));
    }

    @ParameterizedTest
    @EnumSource
    void everyReleasedModelHasAUsableNameAndIsFoundByAllItsNames(ReleasedModel model) {
        assertTrue(SafeName.isRepository(model.repository()));
        assertEquals(model, ReleasedModel.named(model.shortName()).orElseThrow());
        assertEquals(
                model, ReleasedModel.named(model.repository().toLowerCase()).orElseThrow());
        assertEquals(model, ReleasedModel.named(model.repository().substring(5)).orElseThrow());
    }

    @Test
    void anUnknownNameIsNoReleasedModel() {
        assertTrue(ReleasedModel.named("0.6b").isEmpty());
    }
}
