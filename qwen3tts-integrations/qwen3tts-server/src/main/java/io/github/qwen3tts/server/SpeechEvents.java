package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.SynthesisStats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Sends the bytes between two flushes as one {@code speech.audio.delta} event. */
final class SpeechEvents extends OutputStream {

    private final OutputStream out;
    private final ByteArrayOutputStream audio = new ByteArrayOutputStream();

    SpeechEvents(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) {
        audio.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
        audio.write(bytes, from, count);
    }

    @Override
    public void flush() throws IOException {
        if (audio.size() > 0) {
            send(Json.object()
                    .put("type", "speech.audio.delta")
                    .put("audio", Base64.getEncoder().encodeToString(audio.toByteArray())));
            audio.reset();
        }
    }

    void done(SynthesisStats stats) throws IOException {
        ObjectNode event = Json.object().put("type", "speech.audio.done");
        event.set("usage", OpenAiFields.usage(stats));
        send(event.put("finish_reason", OpenAiFields.finishReason(stats.reason()))
                .put("seed", stats.seed()));
    }

    void failed(ApiException failure) throws IOException {
        audio.reset();
        ObjectNode event = Json.object().put("type", "error");
        send(event.setAll(failure.envelope()));
    }

    private void send(ObjectNode event) throws IOException {
        String text = "event: " + event.get("type").textValue() + "\ndata: " + Json.text(event) + "\n\n";
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
