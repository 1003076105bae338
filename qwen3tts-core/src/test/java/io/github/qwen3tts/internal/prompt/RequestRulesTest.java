package io.github.qwen3tts.internal.prompt;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRulesTest {

    private static final Voice RYAN = Voice.named("ryan");
    private static final Voice DESIGNED = Voice.designed("a calm old man");

    private final RequestRules customVoice = rules("mini-custom-voice-1b7");
    private final RequestRules smallest = rules("mini-custom-voice");
    private final RequestRules voiceDesign = rules("mini-voice-design");
    private final RequestRules base = rules("mini-base");

    private static RequestRules rules(String checkpoint) {
        try {
            return ConfigFile.rules(ConfigFile.vocabulary(checkpoint), 20);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** No-break spaces and next-line characters too, which Java does not take for white space. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\n", "\u00a0\r\n", "\u3000", "\t\u0085", "\u2028\n", "\u202f"})
    void valuesRefuseBlankTextSoThatNoRuleHasTo(String blank) {
        assertRefused(() -> SynthesisRequest.of(blank, RYAN), "text must not be blank");
        assertRefused(() -> Voice.named(blank), "speaker");
        assertRefused(() -> Voice.designed(blank), "description");
        assertRefused(() -> ConfigFile.continued(blank, 1), "transcript");
    }

    @Test
    void everyModelTakesItsOwnVoices() {
        takes(customVoice, RYAN, Voice.any());
        takes(voiceDesign, DESIGNED, Voice.any());
        takes(base, ConfigFile.vector(), ConfigFile.continued("b", 1));
    }

    private static void takes(RequestRules rules, Voice... voices) {
        for (Voice voice : voices) {
            assertDoesNotThrow(() -> rules.check(SynthesisRequest.of("a", voice)));
        }
    }

    @Test
    void voicesOfAnotherKindOfModelAreRefusedWithThoseOfThisOne() {
        String names = "type=custom_voice, directory=checkpoint; or name one of [aiden, dylan, eric,";
        refuses(customVoice, DESIGNED, "a described voice needs a voice_design checkpoint", names);
        refuses(customVoice, ConfigFile.vector(), "a cloned voice needs a base checkpoint", names);
        refuses(voiceDesign, RYAN, "a preset speaker needs a custom_voice checkpoint", "; or describe a voice");
        refuses(voiceDesign, ConfigFile.vector(), "a cloned voice needs a base checkpoint");
        refuses(base, RYAN, "a preset speaker needs a custom_voice checkpoint", "; give this one a clip of a voice");
        refuses(base, DESIGNED, "a described voice needs a voice_design checkpoint");
        refuses(base, Voice.any(), "an open voice needs a custom_voice or voice_design checkpoint: type=base");
    }

    private static void refuses(RequestRules rules, Voice voice, String... parts) {
        assertRefused(() -> rules.check(SynthesisRequest.of("a", voice)), parts);
    }

    @Test
    void onlyABaseModelClones() {
        assertDoesNotThrow(base::checkCloning);
        assertRefused(customVoice::checkCloning, "a cloned voice needs a base checkpoint: type=custom_voice");
        assertRefused(voiceDesign::checkCloning, "a cloned voice needs a base checkpoint: type=voice_design");
    }

    @Test
    void voiceOfAnotherModelIsRefusedAndBothAreNamed() {
        refuses(
                base,
                ConfigFile.cloned("0b6", "", 0),
                "voiceModel=base 0.6B of width 64, model=base 1.7B of width 64, directory=checkpoint");
        ClonedVoice own = ConfigFile.continued("Hello.", 2);
        Voice narrow = ClonedVoice.of(new float[32], new int[0], 0, "", own.origin());
        refuses(base, narrow, "voiceModel=base 1.7B of width 32, model=base 1.7B of width 64");
    }

    @Test
    void codesOfAnotherCodecAreRefusedWithBothNumbers() {
        ClonedVoice own = ConfigFile.continued("Hello.", 2);
        refuses(base, withCodes(own, 1, new int[] {64}), "codeGroups=1, expected=16");
        int[] codes = own.referenceCodes().clone();
        codes[5] = 63;
        takes(base, withCodes(own, 2, codes));
        codes[5] = 64;
        refuses(base, withCodes(own, 2, codes), "highestCode=64, codebookSize=64");
    }

    private static ClonedVoice withCodes(ClonedVoice voice, int frames, int[] codes) {
        return ClonedVoice.of(voice.speakerVector(), codes, frames, voice.transcript(), voice.origin());
    }

    @Test
    void fineTunedCheckpointOfTheSameSizeSpeaksWithTheVoice() {
        ClonedVoice own = ConfigFile.continued("Hello.", 2);
        takes(
                base,
                ClonedVoice.of(
                        own.speakerVector(),
                        own.referenceCodes(),
                        own.frames(),
                        own.transcript(),
                        new ClonedVoice.Origin("base", "1b7", "another")));
    }

    @Test
    void instructionIsForModelsThatTakeOne() {
        SynthesisRequest happy = SynthesisRequest.of("a", RYAN).withInstruct("happy");
        assertDoesNotThrow(() -> customVoice.check(happy));
        assertDoesNotThrow(() -> voiceDesign.check(happy.withVoice(Voice.any())));
        assertRefused(
                () -> smallest.check(happy),
                "this checkpoint takes no instruction; the 1.7B CustomVoice and VoiceDesign models do",
                "type=custom_voice, size=0.6B, instruct=happy");
        assertRefused(() -> base.check(happy.withVoice(ConfigFile.vector())), "type=base, size=1.7B, instruct=happy");
        assertRefused(
                () -> voiceDesign.check(happy.withVoice(DESIGNED)),
                "a designed voice is described once: put how to speak into its description: instruct=happy");
    }

    @Test
    void unknownLanguageIsRefusedWithTheKnownOnes() {
        assertRefused(
                () -> customVoice.check(SynthesisRequest.of("a", RYAN).withLanguage(Language.of("Klingon"))),
                "unknown language: language=klingon",
                "[auto, chinese, english, french, german, italian, japanese, korean, portuguese, russian, spanish]");
    }

    @Test
    void dialectIsNoLanguageOfARequest() {
        assertRefused(
                () -> customVoice.check(SynthesisRequest.of("a", RYAN).withLanguage(Language.of("sichuan_dialect"))),
                "unknown language: language=sichuan_dialect");
    }

    @Test
    void unknownSpeakerIsRefusedWithTheKnownOnes() {
        refuses(
                customVoice,
                Voice.named("Bob"),
                "unknown speaker: speaker=Bob",
                "[aiden, dylan, eric, ono_anna, ryan, serena, sohee, uncle_fu, vivian]");
        takes(customVoice, Voice.named(" Ono_ANNA "));
    }

    @Test
    void speechIsLimitedToThePositionsThatThePromptLeaves() {
        GenerationOptions ten = GenerationOptions.OFFICIAL.withMaxNewTokens(10);
        assertEquals(ten, base.fit(ten, 90, 100));
        assertEquals(9, base.fit(ten, 91, 100).maxNewTokens());
        assertEquals(2, base.fit(ten, 99, 100).maxNewTokens());
    }

    @Test
    void promptThatFillsTheRoomIsRefusedWithTheWayOut() {
        assertRefused(
                () -> base.fit(GenerationOptions.OFFICIAL, 100, 100),
                "prompt fills the memory reserved per stream: promptPositions=100, maxPositions=100",
                "; split the text, or raise maxFrames");
        String message = assertRefused(
                () -> base.fit(GenerationOptions.OFFICIAL, ConfigFile.CONTEXT, ConfigFile.CONTEXT),
                "prompt fills the model's context: promptPositions=32768, maxPositions=32768; split the text");
        assertTrue(message.endsWith("; split the text"), message);
    }

    private static String assertRefused(Executable action, String... parts) {
        String message = assertThrows(InvalidRequestException.class, action).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        return message;
    }
}
