package io.github.qwen3tts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.wav.WavReader;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clones and speaks on a tiny Base checkpoint, with randomness, so that only an equal voice and seed sound equal. */
class CloneTest {

    private static TtsEngine engine;
    private static Voice.Clip clip;

    @BeforeAll
    static void open() throws IOException {
        engine = TtsEngine.open(GoldenFiles.path("checkpoints/mini-base"));
        Pcm audio = WavReader.read(GoldenFiles.path("audio/speech_short_24k.wav"));
        clip = Voice.fromClip(audio, "Good morning.");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static SynthesisRequest request(Voice voice) {
        return SynthesisRequest.of("The lake is quiet.", voice)
                .withMaxDuration(Frames.of(11))
                .withSeed(7);
    }

    @Test
    void savedAndLoadedVoiceSpeaksTheSameSamples(@TempDir Path directory) throws IOException {
        for (Voice.Clip each : new Voice.Clip[] {clip, clip.withTranscript("")}) {
            ClonedVoice voice = engine.prepare(each);
            voice.save(directory.resolve("me.voice"));
            float[] expected = engine.speak(request(voice)).audio().samples();
            ClonedVoice loaded = Voice.load(directory.resolve("me.voice"));
            assertArrayEquals(expected, engine.speak(request(loaded)).audio().samples());
        }
    }

    @Test
    void clipSpeaksAsItsPreparedVoiceDoes() {
        float[] expected = engine.speak(request(engine.prepare(clip))).audio().samples();
        assertArrayEquals(expected, engine.speak(request(clip)).audio().samples());
    }

    @Test
    void referenceIsHeardByTheModelAndNotInTheSpeech() {
        Speech continued = engine.speak(request(clip));
        assertEquals(continued.stats().frames() * 1920, continued.audio().length());
        Speech vectorOnly = engine.speak(request(clip.withTranscript("")));
        assertFalse(
                Arrays.equals(continued.audio().samples(), vectorOnly.audio().samples()));
        assertTrue(continued.stats().promptTokens() > vectorOnly.stats().promptTokens());
    }

    @Test
    void streamOfAClonedVoiceEqualsItsWholeSpeech() {
        ClonedVoice voice = engine.prepare(clip);
        Speech whole = engine.speak(request(voice));
        float[] streamed = new float[whole.audio().length()];
        int at = 0;
        try (SpeechStream stream = engine.stream(request(voice))) {
            for (AudioChunk chunk : stream) {
                System.arraycopy(chunk.samples(), 0, streamed, at, chunk.samples().length);
                at += chunk.samples().length;
            }
        }
        assertEquals(streamed.length, at);
        assertArrayEquals(whole.audio().samples(), streamed, 1e-4f);
    }

    @Test
    void modelWithPresetSpeakersRefusesAClip() {
        try (TtsEngine presets = TtsEngine.open(GoldenFiles.path("checkpoints/mini-custom-voice"))) {
            ClonedVoice voice = engine.prepare(clip);
            for (Voice each : new Voice[] {clip, voice}) {
                String message = assertThrows(InvalidRequestException.class, () -> presets.speak(request(each)))
                        .getMessage();
                assertTrue(message.contains("a cloned voice needs a base checkpoint: type=custom_voice"), message);
            }
        }
    }

    @Test
    void voiceOfAnotherSizeIsRefusedBeforeAnythingIsSpoken() {
        ClonedVoice own = engine.prepare(clip);
        ClonedVoice other = ClonedVoice.of(
                new float[1024],
                own.referenceCodes(),
                own.frames(),
                own.transcript(),
                new ClonedVoice.Origin("base", "0b6", "c0ffee"));
        String message = assertThrows(InvalidRequestException.class, () -> engine.stream(request(other)))
                .getMessage();
        assertTrue(message.contains("voiceModel=base 0b6 of width 1024, model=base 1b7 of width 64"), message);
    }
}
