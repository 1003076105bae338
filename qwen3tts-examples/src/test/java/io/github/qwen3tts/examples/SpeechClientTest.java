package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.github.qwen3tts.audio.internal.PcmSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpeechClientTest {

    private static final int SEED = 42;

    private final AtomicReference<JsonNode> asked = new AtomicReference<>();
    private final AtomicReference<String> key = new AtomicReference<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** Answers with a body that is declared to be {@code missing} bytes longer. */
    private void answer(int status, byte[] body, int missing) {
        server.createContext("/v1/audio/speech", exchange -> {
            asked.set(new ObjectMapper().readTree(exchange.getRequestBody()));
            key.set(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(status, body.length + missing);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private byte[] hear() throws IOException, InterruptedException {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        URI address = URI.create("http://localhost:" + server.getAddress().getPort());
        try (PcmSink sink = new PcmSink(heard)) {
            new SpeechClient(address, "a-key").speak("Hello.", "ryan", sink);
        }
        return heard.toByteArray();
    }

    @Test
    void handsOnEverySampleWhateverThePieces() throws Exception {
        byte[] pcm = new byte[100_000];
        new Random(SEED).nextBytes(pcm);
        for (int i = 1; i < pcm.length; i += 2) {
            pcm[i] &= 0x3f; // small enough to survive the way to float and back
        }
        answer(200, pcm, 0);
        byte[] heard = hear();
        assertEquals(pcm.length, heard.length);
        for (int i = 0; i < pcm.length; i += 2) {
            int sent = (pcm[i] & 0xff) | pcm[i + 1] << 8;
            int got = (heard[i] & 0xff) | heard[i + 1] << 8;
            assertEquals(sent, got, 1, "sample " + i / 2);
        }
        assertEquals("pcm", asked.get().get("response_format").textValue());
        assertEquals("ryan", asked.get().get("voice").textValue());
        assertEquals("Bearer a-key", key.get());
    }

    @Test
    void nothingToHearIsNoAudio() throws Exception {
        answer(200, new byte[0], 0);
        assertArrayEquals(new byte[0], hear());
    }

    @Test
    void speechThatBreaksOffIsAFailure() {
        answer(200, new byte[10_000], 2);
        assertThrows(IOException.class, this::hear);
    }

    @Test
    void speechOfAnotherRateIsNotPlayed() {
        server.createContext("/v1/audio/speech", exchange -> {
            exchange.getResponseHeaders().set("X-Sample-Rate", "16000");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        String message = assertThrows(IOException.class, this::hear).getMessage();
        assertTrue(message.contains("actualHz=16000"), message);
    }

    @Test
    void aRefusalIsToldWithItsReason() {
        answer(429, "{\"error\":{}}".getBytes(), 0);
        String message = assertThrows(IOException.class, this::hear).getMessage();
        assertTrue(message.contains("status=429") && message.contains("{\"error\":{}}"), message);
    }
}
