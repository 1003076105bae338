package io.github.qwen3tts.server;

import static io.github.qwen3tts.server.TestServer.json;
import static io.github.qwen3tts.server.TestServer.speech;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpeechSocketTest {

    private static final String SPEAKING = "qwen3tts_speeches_speaking";
    private static final String CANCELLED = "qwen3tts_speeches_total{end=\"cancelled\"}";
    private static final String ONE = "The lake is quiet.";
    private static final String TWO = "Nobody is there.";

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(
                Golden.CUSTOM_VOICE,
                "server: {max_concurrent: 1, max_queue: 0, max_input_chars: 60, api_key: correct-horse-battery}");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A client that keeps what it is told, in order: JSON as nodes, audio as bytes, the end as its code. */
    private static final class Client implements WebSocket.Listener, AutoCloseable {

        private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
        private final WebSocket socket;

        Client(String key) {
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer " + key)
                    .buildAsync(
                            URI.create("ws" + server.address().toString().substring(4) + "/v1/audio/speech/ws"), this)
                    .join();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    told.add(json(text.toString()));
                } catch (IOException e) {
                    told.add(e);
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            told.add(bytes);
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            told.add(code);
            return null;
        }

        void send(ObjectNode message) {
            socket.sendText(message.toString(), true).join();
        }

        void send(String type) {
            send(message(type));
        }

        void text(String piece) {
            send(message("input.text").put("text", piece));
        }

        Object next() throws InterruptedException {
            Object next = told.poll(60, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("the server says nothing");
            }
            return next;
        }

        /** The next message, which must be of a type; audio before it is kept. */
        JsonNode expect(String type) throws InterruptedException {
            Object next = next();
            while (next instanceof byte[] bytes) {
                audio.writeBytes(bytes);
                next = next();
            }
            assertEquals(type, ((JsonNode) next).get("type").textValue(), next::toString);
            return (JsonNode) next;
        }

        byte[] takeAudio() {
            byte[] taken = audio.toByteArray();
            audio.reset();
            return taken;
        }

        @Override
        public void close() {
            socket.abort();
        }
    }

    private static Client connect() {
        return new Client("correct-horse-battery");
    }

    private static ObjectNode message(String type) {
        return Json.object().put("type", type);
    }

    private static ObjectNode config() {
        return message("session.config").put("voice", "ryan").put("seed", 7).put("max_new_tokens", 12);
    }

    private static byte[] overHttp(String sentence) throws Exception {
        return server.audio(speech().put("input", sentence).put("response_format", "pcm"));
    }

    @Test
    void textInPiecesIsSpokenSentenceBySentence() throws Exception {
        try (Client client = connect()) {
            client.send(config());
            client.text(ONE.substring(0, 5));
            client.text(ONE.substring(5) + " No");
            JsonNode start = client.expect("audio.start"); // before the second sentence is complete
            assertEquals(0, start.get("sentence_index").intValue());
            assertEquals(24_000, start.get("sample_rate").intValue());
            assertEquals(7, start.get("seed").intValue());
            assertEquals(
                    "length", client.expect("audio.done").get("finish_reason").textValue());
            byte[] first = client.takeAudio();
            client.text(TWO.substring(2));
            client.send("input.done");
            client.expect("audio.start");
            assertEquals(
                    11, client.expect("audio.done").at("/usage/output_tokens").intValue());
            assertEquals(2, client.expect("session.done").get("total_sentences").intValue());
            byte[] second = client.takeAudio();
            server.awaitMetric(SPEAKING, 0);
            assertArrayEquals(overHttp(ONE), first);
            server.awaitMetric(SPEAKING, 0);
            assertArrayEquals(overHttp(TWO), second);
        }
    }

    @Test
    void anotherTextFollowsOnTheSameSocket() throws Exception {
        try (Client client = connect()) {
            client.send(config());
            for (int text = 0; text < 2; text++) {
                client.text(ONE);
                client.send("input.done");
                client.expect("audio.start");
                client.expect("audio.done");
                client.expect("session.done");
            }
            byte[] both = client.takeAudio();
            assertEquals(2 * 11 * 1_920 * 2, both.length);
        }
    }

    @Test
    void cancelEndsTheSpeechAndTheTextAndTheNextOneIsHeard() throws Exception {
        double cancelled = server.metric(CANCELLED);
        try (Client client = connect()) {
            client.send(config().put("temperature", 0).put("max_new_tokens", 60_000));
            client.text(ONE + " " + TWO);
            client.expect("audio.start");
            client.send("cancel");
            assertEquals(
                    "cancelled",
                    client.expect("audio.done").get("finish_reason").textValue());
            assertEquals(1, client.expect("session.done").get("total_sentences").intValue());
            server.awaitMetric(CANCELLED, cancelled + 1);
            client.send(config());
            client.text(ONE);
            client.send("input.done");
            client.expect("audio.start");
            assertEquals(
                    "length", client.expect("audio.done").get("finish_reason").textValue());
            client.expect("session.done");
        }
    }

    @Test
    void cancelBeforeAnyTextIsAnsweredEvenIfAllVoicesAreBusy() throws Exception {
        try (Client busy = connect();
                Client client = connect()) {
            busy.send(config().put("temperature", 0).put("max_new_tokens", 60_000));
            busy.text(ONE + " " + TWO);
            busy.expect("audio.start");
            client.send("cancel");
            assertEquals(0, client.expect("session.done").get("total_sentences").intValue());
            client.text(ONE);
            client.send("input.done");
            assertEquals(
                    "rate_limit_exceeded",
                    client.expect("error").at("/error/code").textValue());
            client.expect("session.done");
        }
        server.awaitMetric(SPEAKING, 0);
    }

    @Test
    void aClientThatLeavesFreesItsStream() throws Exception {
        double cancelled = server.metric(CANCELLED);
        try (Client client = connect()) {
            client.send(config().put("temperature", 0).put("max_new_tokens", 60_000));
            client.text(ONE + " " + TWO);
            client.expect("audio.start");
            assertEquals(1, server.metric(SPEAKING));
        }
        server.awaitMetric(CANCELLED, cancelled + 1);
        server.awaitMetric(SPEAKING, 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "nonsense",
                "{\"type\":\"dance\"}",
                "{\"type\":\"session.config\",\"response_format\":\"mp3\"}",
                "{\"type\":\"session.config\",\"speed\":5}",
                "{\"type\":\"session.config\",\"model\":\"whisper-1\"}",
                "{\"type\":\"input.text\",\"text\":5}",
                "{\"type\":\"input.text\",\"text\":\"This is a sentence of more characters than the sixty we allow.\"}",
            })
    void aWrongMessageIsRefusedAndTheSocketStaysOpen(String message) throws Exception {
        try (Client client = connect()) {
            client.socket.sendText(message, true).join();
            assertEquals(
                    "invalid_request_error",
                    client.expect("error").at("/error/type").textValue());
            client.send("input.done");
            client.expect("session.done");
        }
    }

    @Test
    void aVoiceNobodyKnowsFailsTheTextAndNotTheSocket() throws Exception {
        try (Client client = connect()) {
            client.send(config().put("voice", "nobody"));
            client.text(ONE + " " + TWO);
            assertEquals("voice", client.expect("error").at("/error/param").textValue());
            client.send("input.done");
            client.expect("session.done");
            client.send(config());
            client.text(ONE);
            client.send("input.done");
            client.expect("audio.start");
            client.expect("audio.done");
            client.expect("session.done");
        }
    }

    @Test
    void settingsDoNotChangeInTheMiddleOfAText() throws Exception {
        try (Client client = connect()) {
            client.send(config());
            client.text("The lake");
            client.send(config());
            client.expect("error");
        }
    }

    @Test
    void goodbyeIsAnswered() throws Exception {
        try (Client client = connect()) {
            client.send("session.close");
            assertEquals(WebSocket.NORMAL_CLOSURE, client.next());
        }
    }

    @Test
    void onlyTextIsUnderstood() throws Exception {
        try (Client client = connect()) {
            client.socket.sendBinary(ByteBuffer.allocate(4), true).join();
            assertEquals(1003, client.next());
        }
    }

    @Test
    void noKeyNoSocket() {
        CompletionException refused = assertThrows(CompletionException.class, () -> new Client("wrong-key").close());
        assertTrue(refused.getCause() instanceof WebSocketHandshakeException);
        assertEquals(
                401,
                ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode());
    }

    @Test
    void withoutAnUpgradeTheAddressSaysWhatItSpeaks() throws Exception {
        assertEquals(400, server.get("/v1/audio/speech/ws").statusCode());
    }
}
