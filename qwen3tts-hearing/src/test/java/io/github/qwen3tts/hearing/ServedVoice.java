package io.github.qwen3tts.hearing;

import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.audio.AudioReader;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.server.ServerSettings;
import io.github.qwen3tts.server.SpeechServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Locale;

/** The demo voice behind the server, in fp32. */
final class ServedVoice implements AutoCloseable {

    private final HttpClient client = HttpClient.newHttpClient();
    private final SpeechServer server;

    private ServedVoice(SpeechServer server) {
        this.server = server;
    }

    static ServedVoice start() throws IOException {
        String yaml = "model_settings: {model_path: demo, precision: fp32}\nserver: {port: 0}\n";
        Config config = Config.parse(yaml, Path.of("config.yaml"), ServerSettings.SECTION);
        return new ServedVoice(SpeechServer.start(config, ServerSettings.of(config)));
    }

    /** Asks for a speech and decodes what is sent. */
    Pcm speak(SynthesisRequest request, String format, double speed) throws IOException, InterruptedException {
        String body = String.format(
                Locale.ROOT,
                "{\"model\": \"tts-1\", \"voice\": \"ryan\", \"input\": \"%s\", \"seed\": %d, \"response_format\": \"%s\","
                        + " \"speed\": %s}",
                request.text(),
                request.seed().orElseThrow(),
                format,
                speed);
        HttpResponse<byte[]> answer = client.send(
                HttpRequest.newBuilder(server.address().resolve("/v1/audio/speech"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new AssertionError("status=" + answer.statusCode() + ", answer=" + new String(answer.body()));
        }
        return AudioReader.read(answer.body());
    }

    @Override
    public void close() {
        server.close();
    }
}
