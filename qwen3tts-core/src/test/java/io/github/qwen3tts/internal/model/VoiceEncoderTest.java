package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.api.Warning;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.dsp.Resampler;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VoiceEncoderTest {

    private static final Checkpoint CHECKPOINT = EncoderFiles.checkpoint();
    private static final int TOKENS = 4;

    private final VoiceEncoder encoder = new VoiceEncoder(EncoderFiles.runtime(), CHECKPOINT);

    @AfterEach
    void close() {
        encoder.close();
    }

    private static Voice.Clip clip() throws IOException {
        return Voice.fromClip(Pcm.mono(EncoderFiles.clip(), 24_000), "Good morning.");
    }

    @Test
    void clipBecomesTheOfficialVectorAndCodes() throws IOException {
        ClonedVoice voice = encoder.encode(clip().withAppendedSilence(Duration.ZERO), TOKENS);
        assertArrayEquals(EncoderFiles.goldenFloats("speaker_embedding"), voice.speakerVector(), 1e-5f);
        assertArrayEquals(EncoderFiles.goldenCodes(), voice.referenceCodes());
        assertEquals(14, voice.frames());
        assertEquals("Good morning.", voice.transcript());
        assertEquals(new ClonedVoice.Origin("base", "1b7", CHECKPOINT.hash()), voice.origin());
        assertEquals(List.of(), voice.warnings());
    }

    @Test
    void notesOfTheClipStayWithTheVoice() throws IOException {
        ClonedVoice voice = encoder.encode(clip().withLanguage(Language.ENGLISH).withConsent("my own voice"), TOKENS);
        assertEquals(Language.ENGLISH, voice.language());
        assertEquals("my own voice", voice.consent());
    }

    /** 26760 samples are 14 frames; 12000 more make 21, the first of which are the same. */
    @Test
    void silenceIsAppendedToTheCodesAndNotToTheVector() throws IOException {
        ClonedVoice voice = encoder.encode(clip(), TOKENS);
        assertEquals(21, voice.frames());
        assertArrayEquals(
                Arrays.copyOf(EncoderFiles.goldenCodes(), 13 * 16), Arrays.copyOf(voice.referenceCodes(), 13 * 16));
        assertArrayEquals(EncoderFiles.goldenFloats("speaker_embedding"), voice.speakerVector(), 1e-5f);
    }

    @Test
    void clipWithoutTranscriptBecomesAVectorAlone() throws IOException {
        ClonedVoice voice = encoder.encode(clip().withTranscript(""), 0);
        assertArrayEquals(EncoderFiles.goldenFloats("speaker_embedding"), voice.speakerVector(), 1e-5f);
        assertEquals(0, voice.referenceCodes().length);
        assertEquals("", voice.transcript());
    }

    @Test
    void clipOfAnotherRateWithTwoChannelsSoundsTheSame() throws IOException {
        float[] left = Resampler.resample(Pcm.mono(EncoderFiles.clip(), 24_000), 48_000)
                .samples();
        float[] stereo = new float[2 * left.length];
        for (int i = 0; i < left.length; i++) {
            stereo[2 * i] = 1.5f * left[i];
            stereo[2 * i + 1] = 0.5f * left[i];
        }
        float[] vector =
                encoder.encode(Voice.fromClip(new Pcm(stereo, 2, 48_000)), 0).speakerVector();
        assertArrayEquals(EncoderFiles.goldenFloats("speaker_embedding"), vector, 1e-3f);
    }

    @Test
    void sameClipIsHeardOnce() throws IOException {
        Voice.Clip clip = clip();
        assertSame(encoder.encode(clip, TOKENS), encoder.encode(clip.withConsent(""), TOKENS));
    }

    @Test
    void transcriptHasToFitTheClip() throws IOException {
        Voice.Clip clip = clip(); // 1.115 s
        assertRefused("tokens=45, seconds=1.115, maxTokensPerSecond=40", () -> encoder.encode(clip, 45));
        assertEquals(List.of(), encoder.encode(clip, 44).warnings());
        assertEquals(
                List.of(Warning.TRANSCRIPT_SPARSE),
                encoder.encode(clip.withTranscript("Good"), 1).warnings());
    }

    @Test
    void clipOf53MillisecondsIsTooShort() throws IOException {
        Voice.Clip clip = Voice.fromClip(Pcm.mono(Arrays.copyOfRange(EncoderFiles.clip(), 5000, 6279), 24_000));
        assertRefused("samples=1279, minSamples=1280", () -> encoder.encode(clip, 0));
    }

    private static void assertRefused(String why, Runnable request) {
        String message =
                assertThrows(InvalidRequestException.class, request::run).getMessage();
        assertTrue(message.contains(why), message);
    }

    @Test
    void checkpointWithoutSpeakerEncoderClonesNothing() throws IOException {
        Checkpoint customVoice = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice"));
        Voice.Clip clip = clip();
        try (VoiceEncoder deaf = new VoiceEncoder(EncoderFiles.runtime(), customVoice)) {
            String message = assertThrows(ModelLoadException.class, () -> deaf.encode(clip, TOKENS))
                    .getMessage();
            assertTrue(message.contains("type=custom_voice; use a Base model"), message);
        }
    }

    @Test
    void closedEncoderSaysSo() throws IOException {
        Voice.Clip clip = clip();
        encoder.close();
        assertThrows(EngineClosedException.class, () -> encoder.encode(clip, TOKENS));
    }
}
