package io.github.qwen3tts.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LanguageTest {

    @Test
    void caseAndWhiteSpaceDoNotMatter() {
        assertEquals(Language.GERMAN, Language.of(" German "));
        assertTrue(Language.of("AUTO").isAuto());
    }

    @Test
    void blankNameIsRefused() {
        assertThrows(InvalidRequestException.class, () -> Language.of(" "));
    }
}
