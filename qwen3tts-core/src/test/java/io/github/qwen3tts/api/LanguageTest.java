package io.github.qwen3tts.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageTest {

    @Test
    void caseAndWhiteSpaceDoNotMatter() {
        assertEquals(Language.GERMAN, Language.of(" German "));
        assertTrue(Language.of("AUTO").isAuto());
    }

    @ParameterizedTest
    @CsvSource({
        "en, english",
        "de-DE, german",
        "zh_CN, chinese",
        "zh-Hans-CN, chinese",
        "JA, japanese",
        "pt-br, portuguese",
        "fr_FR, french",
        "ko-KR, korean",
        "ru, russian",
        "it, italian",
        "es-419, spanish"
    })
    void codesAreNamesToo(String code, String name) {
        assertEquals(Language.of(name), Language.of(code));
    }

    @Test
    void namesThatOnlyLookLikeCodesStayNames() {
        assertEquals("sv-SE".toLowerCase(Locale.ROOT), Language.of("sv-SE").name());
        assertEquals("beijing_dialect", Language.of("beijing_dialect").name());
    }

    @Test
    void blankNameIsRefused() {
        assertThrows(InvalidRequestException.class, () -> Language.of(" "));
    }
}
