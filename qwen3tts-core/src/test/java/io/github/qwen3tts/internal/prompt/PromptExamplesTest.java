package io.github.qwen3tts.internal.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.text.ReleasedVocabulary;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prompts written out, position by position, as text side / codec side, with the ids of the released checkpoints. The
 * text has five tokens a b c d e, the transcript of the clip three: p q r. Behind the bar is the text of the first
 * frames of speech.
 */
class PromptExamplesTest {

    private static final String TEXT = "a b c d e";
    private static final String TRANSCRIPT = "p q r";
    private static final Voice RYAN = Voice.named("ryan");
    private static final Voice ERIC = Voice.named("eric");

    private static final Map<String, Integer> LANGUAGES =
            Map.of("english", 2050, "chinese", 2055, "sichuan_dialect", 2062, "beijing_dialect", 2074);

    @TempDir
    private static Path directory;

    private static Tokenizer tokenizer;
    private static final Map<Integer, String> NAMES = new HashMap<>(); // of text ids

    @BeforeAll
    static void load() throws IOException {
        ReleasedVocabulary.writeTo(directory);
        tokenizer = Tokenizer.load(directory, PretokenizerRule.QWEN2);
        NAMES.putAll(Map.of(151671, "PAD", 151672, "BOS", 151673, "EOS"));
        NAMES.putAll(Map.of(151644, "im_start", 77091, "assistant", 198, "\\n"));
        for (String text : new String[] {TEXT, TRANSCRIPT}) {
            String[] letters = text.split(" ");
            int[] ids = tokenizer.encode(text);
            assertEquals(letters.length, ids.length);
            for (int i = 0; i < ids.length; i++) {
                NAMES.put(ids[i], letters[i]);
            }
        }
    }

    @Test
    void presetSpeakerAutoStreaming() {
        assertLayout("""
                im_start/- assistant/- \\n/-
                PAD/2155 PAD/2156 PAD/2157 PAD/3061 BOS/2148 a/2149
                | b c d e EOS
                """, customVoice(RYAN).withLayout(TextLayout.STREAMING));
    }

    @Test
    void presetSpeakerWithLanguageStreaming() {
        assertLayout("""
                im_start/- assistant/- \\n/-
                PAD/2154 PAD/2156 PAD/2050 PAD/2157 PAD/3061 BOS/2148 a/2149
                | b c d e EOS
                """, customVoice(RYAN).withLanguage(Language.ENGLISH).withLayout(TextLayout.STREAMING));
    }

    @Test
    void speakerOfADialectSpeaksItUnlessAskedForAnotherLanguage() {
        String expected = """
                im_start/- assistant/- \\n/-
                PAD/2154 PAD/2156 PAD/%d PAD/2157 PAD/2875 BOS/2148 a/2149
                | b c d e EOS
                """;
        SynthesisRequest request = customVoice(ERIC).withLayout(TextLayout.STREAMING);
        assertLayout(expected.formatted(2062), request);
        assertLayout(expected.formatted(2062), request.withLanguage(Language.CHINESE));
        assertLayout(expected.formatted(2050), request.withLanguage(Language.ENGLISH));
    }

    @Test
    void noSpeakerAutoStreaming() {
        String expected = """
                im_start/- assistant/- \\n/-
                PAD/2155 PAD/2156 PAD/2157 BOS/2148 a/2149
                | b c d e EOS
                """;
        SynthesisRequest request = SynthesisRequest.of(TEXT, Voice.any()).withLayout(TextLayout.STREAMING);
        assertLayout(expected, ModelType.VOICE_DESIGN, "1b7", request);
        assertLayout(expected, request);
    }

    @Test
    void presetSpeakerAutoNonStreamingIsTheDefault() {
        String expected = """
                im_start/- assistant/- \\n/-
                PAD/2155 PAD/2156 PAD/2157 PAD/3061 BOS/2148
                a/2148 b/2148 c/2148 d/2148 e/2148 EOS/2148 PAD/2149
                | PAD
                """;
        assertLayout(expected, customVoice(RYAN));
        assertLayout(expected, customVoice(RYAN).withLayout(TextLayout.NON_STREAMING));
    }

    @Test
    void designedVoiceWithInstructionNonStreaming() {
        assertLayout(
                """
                im_start/- 872/- \\n/- 56521/- 151645/- \\n/-
                im_start/- assistant/- \\n/-
                PAD/2154 PAD/2156 PAD/2050 PAD/2157 BOS/2148
                a/2148 b/2148 c/2148 d/2148 e/2148 EOS/2148 PAD/2149
                | PAD
                """,
                ModelType.VOICE_DESIGN,
                "1b7",
                SynthesisRequest.of(TEXT, Voice.designed("happy")).withLanguage(Language.ENGLISH));
    }

    @Test
    void speakerVectorTakesThePlaceOfThePresetSpeaker() {
        SynthesisRequest request = SynthesisRequest.of(TEXT, ConfigFile.cloned("0b6", "", 0));
        String streaming = """
                im_start/- assistant/- \\n/-
                PAD/2155 PAD/2156 PAD/2157 PAD/S BOS/2148 a/2149
                | b c d e EOS
                """;
        assertLayout(streaming, ModelType.BASE, "0b6", request);
        assertLayout(streaming, ModelType.BASE, "0b6", request.withLayout(TextLayout.STREAMING));
        assertLayout("""
                im_start/- assistant/- \\n/-
                PAD/2154 PAD/2156 PAD/2050 PAD/2157 PAD/S BOS/2148 a/2149
                | b c d e EOS
                """, ModelType.BASE, "0b6", request.withLanguage(Language.ENGLISH));
        assertLayout("""
                im_start/- assistant/- \\n/-
                PAD/2155 PAD/2156 PAD/2157 PAD/S BOS/2148
                a/2148 b/2148 c/2148 d/2148 e/2148 EOS/2148 PAD/2149
                | PAD
                """, ModelType.BASE, "0b6", request.withLayout(TextLayout.NON_STREAMING));
    }

    @Test
    void shortClipStreamingLeavesTextForTheFrames() {
        assertLayout("""
                im_start/- assistant/- \\n/-
                PAD/2155 PAD/2156 PAD/2157 PAD/S BOS/2148
                p/2149 q/F0 r/F1 a/F2
                | b c d e EOS
                """, ModelType.BASE, "1b7", SynthesisRequest.of(TEXT, ConfigFile.continued(TRANSCRIPT, 3)));
    }

    @Test
    void longClipStreamingTakesAllTextIntoThePrompt() {
        assertLayout("""
                im_start/- assistant/- \\n/-
                PAD/2155 PAD/2156 PAD/2157 PAD/S BOS/2148
                p/2149 q/F0 r/F1 a/F2 b/F3 c/F4 d/F5 e/F6 EOS/F7
                PAD/F8 PAD/F9 PAD/F10 PAD/F11 PAD/F12 PAD/F13 PAD/F14 PAD/F15 PAD/F16 PAD/F17 PAD/F18 PAD/F19
                | PAD
                """, ModelType.BASE, "1b7", SynthesisRequest.of(TEXT, ConfigFile.continued(TRANSCRIPT, 20)));
    }

    @Test
    void clipNonStreamingFollowsAllText() {
        assertLayout(
                """
                im_start/- assistant/- \\n/-
                PAD/2155 PAD/2156 PAD/2157 PAD/S BOS/2148
                p/2148 q/2148 r/2148 a/2148 b/2148 c/2148 d/2148 e/2148 EOS/2148
                PAD/2149 PAD/F0 PAD/F1 PAD/F2
                | PAD
                """,
                ModelType.BASE,
                "1b7",
                SynthesisRequest.of(TEXT, ConfigFile.continued(TRANSCRIPT, 3)).withLayout(TextLayout.NON_STREAMING));
    }

    @Test
    void instructionStandsBeforeAnyLayoutOfTheLargeModelAndIsRefusedByTheSmall() {
        String instruct = "im_start/- 872/- \\n/- 56521/- 151645/- \\n/- ";
        SynthesisRequest[] requests = {
            customVoice(RYAN),
            customVoice(ERIC),
            customVoice(RYAN).withLayout(TextLayout.STREAMING),
            customVoice(RYAN).withLanguage(Language.ENGLISH).withLayout(TextLayout.STREAMING),
        };
        for (SynthesisRequest request : requests) {
            String plain = describe(ModelType.CUSTOM_VOICE, "1b7", request);
            SynthesisRequest instructed = request.withInstruct("happy");
            assertEquals(instruct + plain, describe(ModelType.CUSTOM_VOICE, "1b7", instructed));
            assertThrows(InvalidRequestException.class, () -> describe(ModelType.CUSTOM_VOICE, "0b6", instructed));
        }
    }

    private static SynthesisRequest customVoice(Voice voice) {
        return SynthesisRequest.of(TEXT, voice);
    }

    private static void assertLayout(String expected, SynthesisRequest request) {
        assertLayout(expected, ModelType.CUSTOM_VOICE, "0b6", request);
    }

    private static void assertLayout(String expected, ModelType type, String size, SynthesisRequest request) {
        assertEquals(expected.strip().replace('\n', ' '), describe(type, size, request));
    }

    private static String describe(ModelType type, String size, SynthesisRequest request) {
        boolean presets = type == ModelType.CUSTOM_VOICE;
        PromptVocabulary vocabulary = new PromptVocabulary(
                type,
                size,
                new PromptVocabulary.TextIds(151671, 151672, 151673),
                new PromptVocabulary.CodecIds(2148, 2149, 2150, 2154, 2155, 2156, 2157),
                LANGUAGES,
                presets ? Map.of("ryan", 3061, "eric", 2875, "dylan", 2878) : Map.of(),
                presets ? Map.of("eric", "sichuan_dialect", "dylan", "beijing_dialect") : Map.of());
        Prompt prompt = new PromptBuilder(tokenizer, ConfigFile.rules(vocabulary, 100)).build(request);
        assertEquals(151671, prompt.pad());
        String rows = prompt.rows().stream()
                .map(row -> name(row.text()) + "/" + describe(row.codec()))
                .collect(Collectors.joining(" "));
        String trailing = Arrays.stream(prompt.trailing())
                .mapToObj(PromptExamplesTest::name)
                .collect(Collectors.joining(" "));
        return rows + " | " + trailing;
    }

    private static String name(int textId) {
        return NAMES.getOrDefault(textId, String.valueOf(textId));
    }

    private static String describe(CodecSide codec) {
        if (codec instanceof CodecSide.Token token) {
            return String.valueOf(token.id());
        }
        if (codec instanceof CodecSide.ReferenceFrame reference) {
            return "F" + reference.frame();
        }
        return codec instanceof CodecSide.Speaker ? "S" : "-";
    }
}
