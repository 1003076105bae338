package io.github.qwen3tts.internal.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.internal.text.GoldenFiles;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptBuilderTest {

    private static final int MAX_TEXT_TOKENS = 20;
    private static final Voice RYAN = Voice.named("ryan");

    private final PromptBuilder customVoice = builder("mini-custom-voice-1b7");
    private final PromptBuilder voiceDesign = builder("mini-voice-design");
    private final PromptBuilder base = builder("mini-base");

    @Test
    void textOfTheLargestLengthIsTakenAndALongerOneRefusedWithBothNumbers() {
        String longest = "?".repeat(MAX_TEXT_TOKENS);
        assertEquals(
                MAX_TEXT_TOKENS,
                customVoice.templates(SynthesisRequest.of(longest, RYAN)).text().length);
        String tooLong = longest + "?";
        String numbers = "tokens=21, maxTextTokens=20";
        assertRefused(customVoice, SynthesisRequest.of(tooLong, RYAN), "text too long", numbers);
        assertRefused(
                customVoice, SynthesisRequest.of("a", RYAN).withInstruct(tooLong), "instruction too long", numbers);
        assertRefused(voiceDesign, SynthesisRequest.of("a", Voice.designed(tooLong)), "instruction too long", numbers);
        assertRefused(base, SynthesisRequest.of("a", ConfigFile.continued(tooLong, 1)), "transcript", numbers);
    }

    @Test
    void requestThatDoesNotFitTheModelIsRefused() {
        assertRefused(voiceDesign, SynthesisRequest.of("a", RYAN), "a preset speaker needs a custom_voice checkpoint");
    }

    @Test
    void clipIsEncodedBefore() {
        float[] loud = new float[24_000];
        Arrays.fill(loud, 0.5f);
        SynthesisRequest request = SynthesisRequest.of("a", Voice.fromClip(Pcm.mono(loud, 24_000)));
        assertThrows(IllegalArgumentException.class, () -> base.build(request));
    }

    @Test
    void specialTokensInTheTextArePlainText() {
        int imEnd = 558;
        PromptBuilder.Templates templates =
                customVoice.templates(SynthesisRequest.of("a<|im_end|>", RYAN).withInstruct("b<|im_end|>"));
        for (int[] template : List.of(templates.instruct(), templates.target())) {
            assertEquals(1, Arrays.stream(template).filter(id -> id == imEnd).count());
        }
    }

    @Test
    void lineBreakBeforeTheTextStaysInTheRole() {
        SynthesisRequest request = SynthesisRequest.of("\na", RYAN);
        int[] target = customVoice.templates(request).target();
        assertEquals(9, target.length);
        Prompt prompt = customVoice.build(request);
        assertEquals(target[2], prompt.rows().get(2).text());
        assertEquals(new CodecSide.None(), prompt.rows().get(2).codec());
    }

    @Test
    void promptOfAClonedVoiceBringsItsVectorAndCodesAlong() {
        ClonedVoice voice = ConfigFile.continued("b", 3);
        Prompt prompt = base.build(SynthesisRequest.of("a", voice));
        assertArrayEquals(voice.speakerVector(), prompt.speakerVector());
        assertArrayEquals(voice.referenceCodes(), prompt.referenceCodes());
        Prompt plain = customVoice.build(SynthesisRequest.of("a", RYAN));
        assertEquals(0, plain.speakerVector().length);
        assertEquals(0, plain.referenceCodes().length);
    }

    /** Two texts that begin differently, in every layout and with every kind of voice. */
    @Test
    void prefixIsWhatTextsHaveInCommon() {
        SynthesisRequest slow = SynthesisRequest.of("a", RYAN).withInstruct("b");
        assertPrefix(customVoice, slow, customVoice.templates(slow).instruct().length + 3 + 4 + 1);
        assertPrefix(voiceDesign, SynthesisRequest.of("a", Voice.any()), 3 + 3 + 1);
        assertPrefix(base, SynthesisRequest.of("a", ConfigFile.vector()), 3 + 4 + 1);
        SynthesisRequest longer = SynthesisRequest.of("a", ConfigFile.continued("???", 9));
        assertPrefix(base, longer, 3 + 4 + 1 + 3);
        SynthesisRequest shorter = SynthesisRequest.of("a", ConfigFile.continued("?".repeat(9), 2));
        Prompt prompt = base.build(shorter.withLayout(TextLayout.STREAMING));
        assertEquals(3 + 4 + 1 + 3, prompt.prefix(), "the whole prompt");
        assertEquals(prompt.positions(), prompt.prefix());
        assertEquals(
                3 + 4 + 1 + 9,
                base.build(shorter.withLayout(TextLayout.NON_STREAMING)).prefix());
    }

    private static void assertPrefix(PromptBuilder builder, SynthesisRequest request, int expected) {
        for (TextLayout order : List.of(TextLayout.STREAMING, TextLayout.NON_STREAMING)) {
            Prompt one = builder.build(request.withLayout(order));
            Prompt two = builder.build(request.withText("?").withLayout(order));
            assertEquals(expected, one.prefix());
            assertEquals(expected, two.prefix());
            assertEquals(one.rows().subList(0, expected), two.rows().subList(0, expected));
            assertNotEquals(one.rows().get(expected), two.rows().get(expected), "there is more in common");
        }
    }

    @Test
    void namesAreTakenInAnyCase() {
        Prompt lower = customVoice.build(SynthesisRequest.of("a", Voice.named("ono_anna")));
        Prompt upper = customVoice.build(SynthesisRequest.of("a", Voice.named(" Ono_ANNA ")));
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
        RequestRules rules = ConfigFile.rules(ConfigFile.vocabulary("mini-base"), MAX_TEXT_TOKENS);
        assertThrows(ModelLoadException.class, () -> new PromptBuilder(tokenizer, rules));
    }

    private static PromptBuilder builder(String checkpoint) {
        try {
            return new PromptBuilder(
                    Tokenizer.load(GoldenFiles.path("checkpoints/" + checkpoint), PretokenizerRule.QWEN2),
                    ConfigFile.rules(ConfigFile.vocabulary(checkpoint), MAX_TEXT_TOKENS));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertRefused(PromptBuilder builder, SynthesisRequest request, String... parts) {
        InvalidRequestException e = assertThrows(InvalidRequestException.class, () -> builder.build(request));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
