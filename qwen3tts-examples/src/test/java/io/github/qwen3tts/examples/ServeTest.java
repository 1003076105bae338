package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.examples.server.SpeechServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ServeTest {

    private static final int WAV_HEADER_BYTES = 44;

    private static SpeechServer server;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        Config config = Config.of(MiniCheckpoint.unpack().toString());
        server = SpeechServer.start(config.withServer(config.server().withAddress("127.0.0.1", 0)));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void wavIsTheSamplesOfPcmBehindAHeader() throws Exception {
        byte[] pcm = speak("pcm").body();
        byte[] wav = speak("wav").body();
        assertEquals(7 * 1920 * 2, pcm.length, "8 draws make 7 frames of 16-bit samples");
        assertArrayEquals(pcm, Arrays.copyOfRange(wav, WAV_HEADER_BYTES, wav.length));
    }

    @Test
    void anUnknownVoiceIsRefusedInTheEnvelopeClientsKnow() throws Exception {
        HttpResponse<byte[]> answer = post("{\"model\":\"tts-1\",\"voice\":\"nobody\",\"input\":\"Hello.\"}");
        assertTrue(answer.statusCode() >= 400 && answer.statusCode() < 500, "status=" + answer.statusCode());
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        assertTrue(body.startsWith("{\"error\":{\"message\":"), body);
    }

    private static HttpResponse<byte[]> speak(String format) throws Exception {
        HttpResponse<byte[]> answer = post("{\"model\":\"tts-1\",\"voice\":\"ryan\",\"input\":\"Hello.\",\"seed\":7,"
                + "\"max_new_tokens\":8,\"response_format\":\"" + format + "\"}");
        assertEquals(200, answer.statusCode(), () -> new String(answer.body(), StandardCharsets.UTF_8));
        return answer;
    }

    private static HttpResponse<byte[]> post(String json) throws Exception {
        URI uri = server.address().resolve("/v1/audio/speech");
        return CLIENT.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }
}
