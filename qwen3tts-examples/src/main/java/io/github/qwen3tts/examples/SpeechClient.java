package io.github.qwen3tts.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.internal.Pcm16;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Hears a server while it speaks, with nothing but the JDK's HTTP client: raw PCM is asked for and handed on as it
 * arrives. Speech that breaks off is an exception, not a short speech.
 */
public final class SpeechClient {

    /** Of the PCM that OpenAI's API sends. */
    public static final int SAMPLE_RATE_HZ = 24_000;

    private static final String OPENAI_RATE = Integer.toString(SAMPLE_RATE_HZ);
    private static final int BLOCK_BYTES = 4_096;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI server;
    private final String apiKey;

    /**
     * A client of one server.
     *
     * @param server such as {@code http://localhost:8000}
     * @param apiKey what the server wants to see; anything if it wants none
     */
    public SpeechClient(URI server, String apiKey) {
        this.server = server;
        this.apiKey = apiKey;
    }

    /**
     * Has a text spoken into a sink, such as {@link io.github.qwen3tts.audio.SoundCard}.
     *
     * @param text  to speak
     * @param voice by a name the server knows
     * @param sink  takes mono audio of {@value #SAMPLE_RATE_HZ} Hz as it arrives; stays the caller's to close
     * @throws IOException          if the server refuses, or breaks off
     * @throws InterruptedException if the thread is interrupted
     */
    public void speak(String text, String voice, AudioSink sink) throws IOException, InterruptedException {
        Map<String, String> wanted =
                Map.of("model", "qwen3-tts", "input", text, "voice", voice, "response_format", "pcm");
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/audio/speech"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + apiKey)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new ObjectMapper().writeValueAsBytes(wanted)))
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException("the server refused: status=" + response.statusCode() + ", answer="
                        + new String(body.readNBytes(BLOCK_BYTES), StandardCharsets.UTF_8));
            }
            String rate = response.headers().firstValue("X-Sample-Rate").orElse(OPENAI_RATE);
            if (!rate.equals(OPENAI_RATE)) {
                throw new IOException("the server sends another rate: expectedHz=" + OPENAI_RATE + ", actualHz=" + rate
                        + "; leave inference_settings.sample_rate out of its configuration");
            }
            play(body, sink);
        }
    }

    /** Hands on what has arrived. A piece may end in the middle of a sample: its first byte waits for the second. */
    private static void play(InputStream pcm, AudioSink sink) throws IOException {
        byte[] bytes = new byte[BLOCK_BYTES];
        float[] samples = new float[BLOCK_BYTES / Pcm16.BYTES];
        int count = 0;
        for (int got = pcm.read(bytes); got >= 0; got = pcm.read(bytes, count, bytes.length - count)) {
            count += got;
            int whole = count / Pcm16.BYTES;
            Pcm16.decode(bytes, 0, whole, samples, 0);
            sink.write(samples, 0, whole);
            count -= whole * Pcm16.BYTES;
            if (count > 0) {
                bytes[0] = bytes[whole * Pcm16.BYTES];
            }
        }
    }
}
