package io.github.qwen3tts.internal.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.internal.text.GoldenFiles;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptBuilderTest {

    private static final int MAX_TEXT_TOKENS = 20;
    private static final PromptVoice RYAN = new PromptVoice.Preset("ryan");

    private final PromptBuilder customVoice = builder("mini-custom-voice-1b7");
    private final PromptBuilder voiceDesign = builder("mini-voice-design");
    private final PromptBuilder base = builder("mini-base");

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\n", "\u00a0\r\n", "\u3000", "\t\u0085", "\u2028\n"})
    void blankTextIsRefused(String blank) {
        assertRefused(customVoice, PromptRequest.of(blank, RYAN), "text must have something to speak");
        assertRefused(base, PromptRequest.of("a", new PromptVoice.Continued(blank, 1)), "transcript");
    }

    @Test
    void textOfTheLargestLengthIsTakenAndALongerOneRefusedWithBothNumbers() {
        assertEquals(
                MAX_TEXT_TOKENS + 8,
                customVoice
                        .layout(PromptRequest.of("?".repeat(MAX_TEXT_TOKENS), RYAN))
                        .tokens()
                        .target()
                        .length);
        String tooLong = "?".repeat(MAX_TEXT_TOKENS + 1);
        String numbers = "tokens=21, maxTextTokens=20";
        assertRefused(customVoice, PromptRequest.of(tooLong, RYAN), "text too long", numbers);
        assertRefused(customVoice, PromptRequest.of("a", RYAN).withInstruct(tooLong), "instruction too long", numbers);
        assertRefused(base, PromptRequest.of("a", new PromptVoice.Continued(tooLong, 1)), "transcript", numbers);
    }

    @Test
    void unknownLanguageIsRefusedWithTheKnownOnes() {
        assertRefused(
                customVoice,
                PromptRequest.of("a", RYAN).withLanguage(Language.of("Klingon")),
                "unknown language: language=klingon",
                "[auto, chinese, english, french, german, italian, japanese, korean, portuguese, russian, spanish]");
    }

    @Test
    void dialectIsNoLanguageOfARequest() {
        PromptRequest request = PromptRequest.of("a", RYAN).withLanguage(Language.of("sichuan_dialect"));
        assertRefused(customVoice, request, "unknown language: language=sichuan_dialect");
    }

    @Test
    void unknownSpeakerIsRefusedWithTheKnownOnes() {
        assertRefused(
                customVoice,
                PromptRequest.of("a", new PromptVoice.Preset("Bob")),
                "unknown speaker: speaker=Bob",
                "[aiden, dylan, eric, ono_anna, ryan, serena, sohee, uncle_fu, vivian]");
    }

    @Test
    void voicesOfAnotherModelAreRefused() {
        assertRefused(customVoice, PromptRequest.of("a", new PromptVoice.Vector()), "model=custom_voice");
        assertRefused(customVoice, PromptRequest.of("a", new PromptVoice.Continued("b", 1)), "model=custom_voice");
        assertRefused(voiceDesign, PromptRequest.of("a", RYAN), "model=voice_design");
        assertRefused(voiceDesign, PromptRequest.of("a", new PromptVoice.Vector()), "model=voice_design");
        assertRefused(base, PromptRequest.of("a", RYAN), "model=base");
        assertRefused(base, PromptRequest.of("a", new PromptVoice.Unnamed()), "model=base");
    }

    @Test
    void clipWithoutFramesIsRefused() {
        assertRefused(base, PromptRequest.of("a", new PromptVoice.Continued("b", 0)), "frames=0");
    }

    @Test
    void specialTokensInTheTextArePlainText() {
        int imEnd = 558;
        PromptLayout layout =
                customVoice.layout(PromptRequest.of("a<|im_end|>", RYAN).withInstruct("b<|im_end|>"));
        assertEquals(
                1,
                Arrays.stream(layout.tokens().instruct())
                        .filter(id -> id == imEnd)
                        .count());
        assertEquals(
                1,
                Arrays.stream(layout.tokens().target())
                        .filter(id -> id == imEnd)
                        .count());
    }

    @Test
    void lineBreakBeforeTheTextStaysInTheRole() {
        PromptLayout layout = customVoice.layout(PromptRequest.of("\na", RYAN));
        int[] target = layout.tokens().target();
        assertEquals(9, target.length);
        assertEquals(target[2], layout.rows().get(2).text());
        assertEquals(new CodecSide.None(), layout.rows().get(2).codec());
    }

    /** Two texts that begin differently, in every layout and with every kind of voice. */
    @Test
    void prefixIsWhatTextsHaveInCommon() {
        PromptRequest slow = PromptRequest.of("a", RYAN).withInstruct("b");
        assertPrefix(customVoice, slow, customVoice.layout(slow).tokens().instruct().length + 3 + 4 + 1);
        assertPrefix(voiceDesign, PromptRequest.of("a", new PromptVoice.Unnamed()), 3 + 3 + 1);
        assertPrefix(base, PromptRequest.of("a", new PromptVoice.Vector()), 3 + 4 + 1);
        PromptRequest longer = PromptRequest.of("a", new PromptVoice.Continued("???", 9));
        assertPrefix(base, longer, 3 + 4 + 1 + 3);
        PromptRequest shorter = PromptRequest.of("a", new PromptVoice.Continued("?".repeat(9), 2));
        PromptLayout layout = base.layout(shorter.withLayout(TextLayout.STREAMING));
        assertEquals(3 + 4 + 1 + 3, layout.prefix(), "the whole prompt");
        assertEquals(layout.rows().size(), layout.prefix());
        assertEquals(
                3 + 4 + 1 + 9,
                base.layout(shorter.withLayout(TextLayout.NON_STREAMING)).prefix());
    }

    private static void assertPrefix(PromptBuilder builder, PromptRequest request, int expected) {
        for (TextLayout order : List.of(TextLayout.STREAMING, TextLayout.NON_STREAMING)) {
            PromptRequest other =
                    new PromptRequest("?", request.language(), request.voice(), request.instruct(), order);
            PromptLayout one = builder.layout(request.withLayout(order));
            PromptLayout two = builder.layout(other);
            assertEquals(expected, one.prefix());
            assertEquals(expected, two.prefix());
            assertEquals(one.rows().subList(0, expected), two.rows().subList(0, expected));
            assertNotEquals(one.rows().get(expected), two.rows().get(expected), "there is more in common");
        }
    }

    @Test
    void namesAreTakenInAnyCase() {
        PromptLayout lower = customVoice.layout(PromptRequest.of("a", new PromptVoice.Preset("ono_anna")));
        PromptLayout upper = customVoice.layout(PromptRequest.of("a", new PromptVoice.Preset(" Ono_ANNA ")));
        assertEquals(lower.rows(), upper.rows());
        assertArrayEquals(lower.trailing(), upper.trailing());
    }

    @Test
    void tokenizerWithoutTheTemplateTokensIsRefused(@TempDir Path directory) throws IOException {
        Path source = GoldenFiles.path("checkpoints/mini-base");
        Files.copy(source.resolve("vocab.json"), directory.resolve("vocab.json"));
        Files.copy(source.resolve("merges.txt"), directory.resolve("merges.txt"));
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"added_tokens_decoder\": {}}");
        Tokenizer tokenizer = Tokenizer.load(directory, PretokenizerRule.QWEN2);
        PromptVocabulary vocabulary = ConfigFile.vocabulary("mini-base");
        assertThrows(ModelLoadException.class, () -> new PromptBuilder(tokenizer, vocabulary, MAX_TEXT_TOKENS));
    }

    private static PromptBuilder builder(String checkpoint) {
        try {
            return new PromptBuilder(
                    Tokenizer.load(GoldenFiles.path("checkpoints/" + checkpoint), PretokenizerRule.QWEN2),
                    ConfigFile.vocabulary(checkpoint),
                    MAX_TEXT_TOKENS);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertRefused(PromptBuilder builder, PromptRequest request, String... parts) {
        InvalidRequestException e = assertThrows(InvalidRequestException.class, () -> builder.layout(request));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
