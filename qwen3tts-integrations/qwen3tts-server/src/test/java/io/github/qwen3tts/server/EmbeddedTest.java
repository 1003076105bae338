package io.github.qwen3tts.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.internal.wav.WavReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server as part of an application that has an engine. */
class EmbeddedTest {

    private static final String TEXT = "The lake is quiet tonight.";

    private static HttpResponse<byte[]> get(URI address, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address.resolve(path)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static byte[] served(URI address, String voice) throws Exception {
        String json = TestServer.speech()
                .put("input", TEXT)
                .put("voice", voice)
                .put("response_format", "pcm")
                .toString();
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/v1/audio/speech"))
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofByteArray())
                .body();
    }

    private static SynthesisRequest few(Voice voice) {
        return SynthesisRequest.of(TEXT, voice).withSeed(7).withMaxDuration(Duration.ofMillis(80 * 11));
    }

    @Test
    void anEngineOfTheApplicationSpeaksAndOutlivesTheServer(@TempDir Path voices) throws Exception {
        try (TtsEngine engine = TtsEngine.open(Golden.BASE)) {
            ClonedVoice mine = engine.prepare(Voice.fromClip(WavReader.read(Golden.CLIP)));
            mine.save(voices.resolve("mine.voice"));
            ServerSettings settings =
                    ServerSettings.defaults().withAddress("127.0.0.1", 0).withVoicesDirectory(voices);
            byte[] expected = TestServer.spoken(engine, few(mine));
            try (SpeechServer server = SpeechServer.start(engine, settings)) {
                String models = TestServer.text(get(server.address(), "/v1/models"));
                assertTrue(models.startsWith("{\"object\":\"list\",\"data\":[{\"id\":\"qwen3-tts\""), models);
                assertArrayEquals(expected, served(server.address(), "mine"));
            }
            assertArrayEquals(expected, TestServer.spoken(engine, few(mine)));
        }
    }

    @Test
    @Timeout(60)
    void closingTheServerCancelsItsRequests() throws Exception {
        try (TtsEngine engine =
                TtsEngine.builder(Golden.CUSTOM_VOICE).maxStreams(1).build()) {
            ServerSettings settings = ServerSettings.defaults().withAddress("127.0.0.1", 0);
            SpeechServer server = SpeechServer.start(engine, settings);
            try (RawConnection connection = new RawConnection(server.address())) {
                connection.speak("HTTP/1.1", TestServer.longSpeech().toString());
                assertEquals(200, connection.readHead().status());
                server.close(); // before the client leaves
            } finally {
                server.close();
            }
            byte[] next = TestServer.spoken(engine, few(Voice.named("ryan")));
            assertTrue(next.length > 0, "the one stream is free");
        }
    }
}
