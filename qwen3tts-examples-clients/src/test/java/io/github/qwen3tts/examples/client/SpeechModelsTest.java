package io.github.qwen3tts.examples.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.model.audio.TextToSpeechRequest;
import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.wav.WavReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.audio.tts.StreamingTextToSpeechModel;
import org.springframework.ai.audio.tts.TextToSpeechModel;
import org.springframework.ai.audio.tts.TextToSpeechOptions;
import org.springframework.ai.audio.tts.TextToSpeechPrompt;

/** The engine behind the interfaces of LangChain4j and Spring AI, on a checkpoint that says little. */
class SpeechModelsTest {

    private static final Path GOLDEN = Path.of("../qwen3tts-core/src/test/resources/golden");
    private static final String TEXT = "The lake is quiet.";
    private static final int FRAME_BYTES = 1_920 * 2;

    private static TtsEngine engine;
    private static Voice voice;

    @BeforeAll
    static void start() throws IOException {
        engine = TtsEngine.open(GOLDEN.resolve("checkpoints/mini-base"));
        voice = engine.prepare(Voice.fromClip(WavReader.read(GOLDEN.resolve("audio/speech_short_24k.wav"))));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static void assertIsSpeech(byte[] wav) throws IOException {
        Pcm audio = WavReader.read(wav);
        assertEquals(24_000, audio.sampleRateHz());
        assertTrue(audio.length() >= 1_920 && audio.length() % 1_920 == 0, "samples=" + audio.length());
    }

    @Test
    void langChain4jGetsAWavFile() throws IOException {
        LangChain4jSpeechModel model = new LangChain4jSpeechModel(engine, voice);
        Audio audio = model.synthesize(TEXT).audio();
        assertEquals("audio/wav", audio.mimeType());
        assertIsSpeech(audio.binaryData());
    }

    @Test
    void langChain4jsVoiceIsAPresetSpeaker() {
        LangChain4jSpeechModel model = new LangChain4jSpeechModel(engine, voice);
        TextToSpeechRequest named =
                TextToSpeechRequest.builder(TEXT).voice("ryan").build();
        String message = assertThrows(InvalidRequestException.class, () -> model.synthesize(named))
                .getMessage();
        assertTrue(message.contains("a preset speaker needs"), message);
    }

    @Test
    void springGetsAWavFile() throws IOException {
        TextToSpeechModel model = new SpringAiSpeechModel(engine, voice);
        assertIsSpeech(model.call(TEXT));
    }

    @Test
    void springHearsFramesAsTheyAreMade() {
        StreamingTextToSpeechModel model = new SpringAiSpeechModel(engine, voice);
        List<byte[]> chunks = model.stream(TEXT).collectList().block();
        assertEquals(FRAME_BYTES, chunks.get(0).length, "the first frame at once");
        chunks.forEach(chunk -> assertEquals(0, chunk.length % FRAME_BYTES));
    }

    @Test
    void springCanStopListening() {
        StreamingTextToSpeechModel model = new SpringAiSpeechModel(engine, voice);
        assertEquals(FRAME_BYTES, model.stream(TEXT).blockFirst().length);
        assertEquals(FRAME_BYTES, model.stream(TEXT).blockFirst().length, "and listen again");
    }

    @Test
    void springsOptionsAreHeeded() {
        SpringAiSpeechModel model = new SpringAiSpeechModel(engine, voice);
        TextToSpeechOptions pcm =
                TextToSpeechOptions.builder().format("pcm").speed(0.25).build();
        byte[] slow = model.call(new TextToSpeechPrompt(TEXT, pcm)).getResult().getOutput();
        assertTrue(slow.length >= 4 * FRAME_BYTES * 0.8, "a frame at least, four times as long: bytes=" + slow.length);
        TextToSpeechPrompt mp3 = new TextToSpeechPrompt(
                TEXT, TextToSpeechOptions.builder().format("mp3").build());
        assertThrows(InvalidRequestException.class, () -> model.call(mp3));
        assertThrows(InvalidRequestException.class, () -> model.stream(mp3));
        TextToSpeechPrompt named = new TextToSpeechPrompt(
                TEXT, TextToSpeechOptions.builder().voice("ryan").build());
        assertThrows(InvalidRequestException.class, () -> model.call(named));
    }
}
