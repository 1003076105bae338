package io.github.qwen3tts.examples.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.AudioReader;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.server.ServerSettings;
import io.github.qwen3tts.server.SpeechServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample with OpenAI's SDK against the server. */
class OpenAiSpeechTest {

    private static final Path GOLDEN =
            Path.of("../qwen3tts-core/src/test/resources/golden").toAbsolutePath();

    @Test
    void writesAnMp3(@TempDir Path folder) throws IOException {
        Config config = Config.parse(
                "model_settings: {model_path: '" + GOLDEN.resolve("checkpoints/mini-base") + "'}\n"
                        + "voice_cloning: {reference_audio: '" + GOLDEN.resolve("audio/speech_short_24k.wav") + "'}\n"
                        + "server: {port: 0}\n",
                Path.of("config.yaml"),
                ServerSettings.SECTION);
        Path file = folder.resolve("output.mp3");
        try (SpeechServer server = SpeechServer.start(config, ServerSettings.of(config))) {
            OpenAiSpeech.speak(server.address(), "こんにちは、私は新しいAI音声合成エンジンです。", "cloned_voice", file);
        }
        Pcm audio = AudioReader.read(file);
        double squares = 0;
        for (float sample : audio.samples()) {
            squares += sample * sample;
        }
        assertEquals(24_000, audio.sampleRateHz());
        assertTrue(audio.length() >= 1_920 && squares / audio.length() > 1e-6, "audible: samples=" + audio.length());
    }
}
