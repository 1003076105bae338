package io.github.qwen3tts.server;

import static io.github.qwen3tts.server.TestServer.json;
import static io.github.qwen3tts.server.TestServer.speech;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.server.internal.http.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, with which status, and in OpenAI's envelope. */
class RefusalTest {

    private static final String KEY = "correct-horse-battery";
    private static final int MAX_BODY_BYTES = 4_096;

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(
                Golden.CUSTOM_VOICE,
                "server: {api_key: " + KEY + ", max_input_chars: 60," + " max_body_bytes: " + MAX_BODY_BYTES
                        + ", cors_origins: ['https://listed.example']}");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode error(int status, HttpResponse<byte[]> response) throws IOException {
        assertEquals(status, response.statusCode(), () -> TestServer.text(response));
        JsonNode error = json(response).get("error");
        assertFalse(error.get("message").textValue().isBlank());
        assertTrue(error.has("type") && error.has("param") && error.has("code"), error::toString);
        return error;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "voice | \"nobody\"",
                "voice | {\"id\": 7}",
                "voice | 7",
                "input | \"\"",
                "input | \"  \"",
                "input | null",
                "input | [\"a\"]",
                "input | \"This is a sentence of more characters than the sixty we allow.\"",
                "response_format | \"ogg\"",
                "stream_format | \"websocket\"",
                "speed | 0.24",
                "speed | 4.01",
                "speed | \"fast\"",
                "temperature | -0.1",
                "top_k | -1",
                "top_k | 2.5",
                "top_p | 0",
                "top_p | 1.01",
                "repetition_penalty | 0",
                "max_new_tokens | 1",
                "max_new_tokens | 1e9",
                "seed | 18446744073709551616",
                "seed | 0.5",
                "stream | \"yes\"",
                "non_streaming_mode | \"no\"",
                "instructions | 5",
                "ref_audio | \"not base64!\"",
                "ref_audio | \"data:audio/wav,plain\"",
            })
    void aWrongFieldIsRefusedByName(String field, String value) throws Exception {
        ObjectNode wanted = speech();
        wanted.set(field, json(value));
        JsonNode error = error(400, server.speak(wanted));
        assertEquals("invalid_request_error", error.get("type").textValue());
        assertEquals(field, error.get("param").textValue());
    }

    @Test
    void wordsOfAClipThatIsNotThereAreRefused() throws Exception {
        JsonNode error = error(400, server.speak(speech().put("ref_text", "Words without a clip.")));
        assertEquals("ref_audio", error.get("param").textValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "7", "{\"input\":}", "{\"input\":\"a\"\u0001}"})
    void whatIsNoJsonObjectIsRefused(String body) throws Exception {
        error(400, server.send(server.speechRequest(body)));
    }

    @ParameterizedTest
    @CsvSource({"instructions,Slowly.", "language,Klingon"})
    void whatTheModelCannotDoIsRefused(String field, String value) throws Exception {
        error(400, server.speak(speech().put(field, value)));
    }

    @Test
    void anUnknownModelIsNotFound() throws Exception {
        JsonNode error = error(404, server.speak(speech().put("model", "whisper-1")));
        assertEquals("model_not_found", error.get("code").textValue());
        error(404, server.get("/v1/models/whisper-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer wrong-key-altogether", "Bearer", "Basic " + KEY, ""})
    void nobodyGetsInWithoutTheKey(String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve("/v1/models"));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        HttpResponse<byte[]> response = server.send(request);
        assertEquals("invalid_api_key", error(401, response).get("code").textValue());
        assertEquals(Optional.of("Bearer"), response.headers().firstValue("WWW-Authenticate"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/app.js", "/health", "/ready"})
    void thePageAndTheProbesNeedNoKey(String path) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve(path));
        assertEquals(200, server.send(request).statusCode());
    }

    @Test
    void countsAreNotForEverybody() throws Exception {
        error(401, server.send(HttpRequest.newBuilder(server.address().resolve("/metrics"))));
    }

    @Test
    void theWrongMethodIsToldTheRightOne() throws Exception {
        HttpResponse<byte[]> response = server.get("/v1/audio/speech");
        error(405, response);
        assertEquals(Optional.of("POST"), response.headers().firstValue("Allow"));
        error(404, server.get("/v1/nothing"));
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedHoweverItComes() throws Exception {
        byte[] large = new byte[MAX_BODY_BYTES + 1];
        error(413, server.send(server.speechRequest("").POST(HttpRequest.BodyPublishers.ofByteArray(large))));
        HttpRequest.BodyPublisher chunked = HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofByteArray(large)); // of no known length
        error(413, server.send(server.speechRequest("").POST(chunked)));
        byte[] justRight = new byte[MAX_BODY_BYTES];
        error(400, server.send(server.speechRequest("").POST(HttpRequest.BodyPublishers.ofByteArray(justRight))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONSENSE\r\n\r\n", "GET /%zz HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n"})
    void whatIsNoHttpIsRefused(String bytes) throws Exception {
        try (RawConnection connection = new RawConnection(server.address())) {
            connection.send(bytes);
            assertEquals(400, connection.readHead().status());
        }
    }

    @Test
    void aHeadOfEndlessHeadersIsRefused() throws Exception {
        try (RawConnection connection = new RawConnection(server.address())) {
            connection.send("GET / HTTP/1.1\r\nX: " + "x".repeat(10_000) + "\r\n\r\n");
            assertEquals(400, connection.readHead().status());
        }
    }

    @Test
    void aWebAddressIsNotFetchedUnlessItsHostIsListed() throws Exception {
        JsonNode error = error(400, server.speak(speech().put("ref_audio", "https://listed.example/me.wav")));
        assertEquals("ref_audio", error.get("param").textValue());
        assertTrue(error.get("message").textValue().contains("does not fetch"), error::toString);
    }

    @Test
    void pagesOfOtherOriginsAreKeptOutUnlessTheyAreListed() throws Exception {
        HttpResponse<byte[]> foreign =
                server.send(server.request("/v1/models").header("Origin", "https://evil.example"));
        error(403, foreign);
        assertTrue(foreign.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
        HttpResponse<byte[]> listed =
                server.send(server.request("/v1/models").header("Origin", "https://listed.example"));
        assertEquals(200, listed.statusCode());
        assertEquals(Optional.of("https://listed.example"), listed.headers().firstValue("Access-Control-Allow-Origin"));
        HttpResponse<byte[]> own = server.send(
                server.request("/v1/models").header("Origin", server.address().toString()));
        assertEquals(200, own.statusCode());
    }

    @Test
    void aListedPageMayAskWithAKeyAndHeadersOfItsOwn() throws Exception {
        HttpResponse<byte[]> response =
                server.send(HttpRequest.newBuilder(server.address().resolve("/v1/audio/speech"))
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .header("Origin", "https://listed.example")
                        .header("Access-Control-Request-Method", "POST")
                        .header("Access-Control-Request-Headers", "authorization, x-stainless-lang"));
        assertEquals(204, response.statusCode());
        assertEquals(
                Optional.of("authorization, x-stainless-lang"),
                response.headers().firstValue("Access-Control-Allow-Headers"));
        assertEquals(
                Optional.of("https://listed.example"), response.headers().firstValue("Access-Control-Allow-Origin"));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,200",
        "127.0.0.1:8000,200",
        "[::1]:8000,200",
        "attacker.example,403",
        "127.0.0.1.evil.example,403"
    })
    void aNameThatAnAttackerPointedAtThisMachineIsRefused(String host, int status) throws Exception {
        try (RawConnection connection = new RawConnection(server.address())) {
            connection.send("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertEquals(status, connection.readHead().status());
        }
    }

    @Test
    void nothingIsSpokenBeforeTheModelIsLoaded() throws Exception {
        ExecutorService workers = Executors.newCachedThreadPool();
        Config config = TestServer.config(Golden.CUSTOM_VOICE, "");
        Router router = new Router(new ServerContext(config, TestServer.settings(config), workers));
        try (HttpServer http = HttpServer.start(new InetSocketAddress("127.0.0.1", 0), workers, router);
                RawConnection connection = new RawConnection(
                        URI.create("http://127.0.0.1:" + http.address().getPort()))) {
            connection.send("GET /health HTTP/1.1\r\n\r\nGET /ready HTTP/1.1\r\n\r\n");
            assertEquals(200, connection.readHead().status());
            assertEquals('{', connection.readBody(15)[0]);
            RawConnection.Head ready = connection.readHead();
            assertEquals(503, ready.status());
            assertEquals("2", ready.headers().get("retry-after"));
        } finally {
            workers.shutdownNow();
        }
    }
}
