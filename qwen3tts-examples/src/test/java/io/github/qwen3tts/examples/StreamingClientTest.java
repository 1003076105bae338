package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.internal.PcmSink;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.server.ServerSettings;
import io.github.qwen3tts.server.SpeechServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The client behind {@code say}, against the server. */
class StreamingClientTest {

    private static final Path GOLDEN = Path.of("../qwen3tts-core/src/test/resources/golden");
    private static final String TEXT = "こんにちは、私は新しいAI音声合成エンジンです。";

    private static SpeechServer server;

    @BeforeAll
    static void start() throws IOException {
        String yaml = """
                model_settings: {model_path: checkpoints/mini-base}
                voice_cloning: {reference_audio: audio/speech_short_24k.wav}
                server: {port: 0}
                """;
        Config config = Config.parse(yaml, GOLDEN.resolve("config.yaml"), ServerSettings.SECTION);
        server = SpeechServer.start(config, ServerSettings.of(config));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theStreamingExampleHearsWhatTheServerSays() throws Exception {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        try (PcmSink sink = new PcmSink(heard)) {
            new SpeechClient(server.address(), "none").speak(TEXT, "cloned_voice", sink);
        }
        assertTrue(heard.size() > 0 && heard.size() % (1_920 * 2) == 0, "whole frames: bytes=" + heard.size());
    }
}
