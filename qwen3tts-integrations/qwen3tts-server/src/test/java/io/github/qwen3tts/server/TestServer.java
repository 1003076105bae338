package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.audio.OutputFormat;
import io.github.qwen3tts.config.Config;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** A server on a free port, and short ways to ask it. */
final class TestServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final long TIMEOUT_NANOS = 60_000_000_000L;

    private final SpeechServer server;
    private final String key;

    private TestServer(SpeechServer server, String key) {
        this.server = server;
        this.key = key;
    }

    /** Serves a checkpoint; {@code more} is the rest of its config.yaml. */
    static TestServer start(Path checkpoint, String more) throws IOException {
        Config config = config(checkpoint, more);
        ServerSettings settings = settings(config);
        return new TestServer(
                SpeechServer.start(config, settings), settings.access().apiKey().orElse("any-key"));
    }

    static Config config(Path checkpoint, String more) {
        String yaml = "model_settings: {model_path: '" + checkpoint + "'}\n" + more;
        return Config.parse(yaml, Path.of("config.yaml"), ServerSettings.SECTION);
    }

    static ServerSettings settings(Config config) {
        return ServerSettings.of(config).withAddress("127.0.0.1", 0);
    }

    URI address() {
        return server.address();
    }

    /** A speech of a few frames from a fixed seed: {@code {"input": "Hello.", ...}}. */
    static ObjectNode speech() {
        return JSON.createObjectNode()
                .put("model", "tts-1")
                .put("input", "The lake is quiet tonight.")
                .put("voice", "ryan")
                .put("seed", 7)
                .put("max_new_tokens", 12);
    }

    /** A speech that does not end as long as nobody reads it: minutes of audio. */
    static ObjectNode longSpeech() {
        ObjectNode speech = speech().put("temperature", 0);
        speech.remove("max_new_tokens");
        return speech;
    }

    /** A request with the server's key. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address().resolve(path)).header("Authorization", "Bearer " + key);
    }

    HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpRequest.Builder speechRequest(String json) {
        return request("/v1/audio/speech")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
    }

    HttpResponse<byte[]> speak(JsonNode speech) throws IOException, InterruptedException {
        return send(speechRequest(speech.toString()));
    }

    /** The audio of a speech that must be answered. */
    byte[] audio(JsonNode speech) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = speak(speech);
        if (response.statusCode() != 200) {
            throw new AssertionError("status=" + response.statusCode() + ", response=" + text(response));
        }
        return response.body();
    }

    /** 16-bit PCM as the engine gives it, frame by frame as the server asks for it. */
    static byte[] spoken(TtsEngine engine, SynthesisRequest request) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        engine.stream(request).transferTo(bytes, OutputFormat.PCM);
        return bytes.toByteArray();
    }

    static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    static JsonNode json(HttpResponse<byte[]> response) throws IOException {
        return JSON.readTree(response.body());
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    /** One value of {@code /metrics}; 0 if it is not there yet. */
    double metric(String name) throws IOException, InterruptedException {
        return text(get("/metrics"))
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    /** Asks again and again until a metric has a value. */
    void awaitMetric(String name, double value) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        double seen = metric(name);
        while (seen != value) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(String.format(Locale.ROOT, "%s stays %s instead of %s", name, seen, value));
            }
            Thread.onSpinWait();
            seen = metric(name);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
