package io.github.qwen3tts.internal.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.Voice;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptVocabularyTest {

    @ParameterizedTest
    @CsvSource({
        "mini-custom-voice, false",
        "mini-custom-voice-1b7, true",
        "mini-voice-design, true",
        "mini-base, false",
    })
    void instructionsAreForLargeCustomVoiceAndVoiceDesign(String checkpoint, boolean supported) throws IOException {
        assertEquals(supported, ConfigFile.vocabulary(checkpoint).instructSupported());
    }

    @Test
    void namesOfFineTunedSpeakersAreKeptInLowerCase() {
        PromptVocabulary vocabulary = vocabulary(Map.of("english", 1), Map.of("My_Voice", 3000), Map.of());
        assertEquals(List.of("my_voice"), vocabulary.speakerNames());
        assertEquals(3000, vocabulary.speakerId(new Voice.Named("MY_voice")));
    }

    @Test
    void namesThatDifferInCaseOnlyAreRefused() {
        assertThrows(ModelLoadException.class, () -> vocabulary(Map.of(), Map.of("A", 1, "a", 2), Map.of()));
    }

    @Test
    void dialectThatIsNoLanguageIsRefused() {
        assertThrows(
                ModelLoadException.class,
                () -> vocabulary(Map.of("english", 1), Map.of("eric", 2), Map.of("eric", "sichuan_dialect")));
    }

    private static PromptVocabulary vocabulary(
            Map<String, Integer> languages, Map<String, Integer> speakers, Map<String, String> dialects) {
        return new PromptVocabulary(
                ModelType.CUSTOM_VOICE,
                "1b7",
                new PromptVocabulary.TextIds(1, 2, 3),
                new PromptVocabulary.CodecIds(1, 2, 3, 4, 5, 6, 7),
                languages,
                speakers,
                dialects);
    }
}
