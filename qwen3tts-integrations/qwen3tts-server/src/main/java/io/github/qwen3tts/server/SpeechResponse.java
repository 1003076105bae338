package io.github.qwen3tts.server;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.wav.WavEncoding;
import io.github.qwen3tts.audio.internal.wav.WavWriter;
import io.github.qwen3tts.server.internal.http.Exchange;
import io.github.qwen3tts.server.internal.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sends a stream of speech as the response to a request.
 *
 * @param exchange   to respond to
 * @param model      that speaks
 * @param parameters of the request
 * @param stream     to send; the caller's to close
 * @param seed       of the stream
 */
record SpeechResponse(
        Exchange exchange, LoadedModel model, SpeechParameters parameters, SpeechStream stream, long seed) {

    private static final String FINISH_REASON = "X-Finish-Reason";

    /** Sends the whole stream. Sends nothing before the first audio, so that an early failure has its own status. */
    void send() throws IOException {
        switch (parameters.delivery()) {
            case WHOLE -> sendWhole();
            case STREAM -> sendStream();
            case EVENTS -> sendEvents();
        }
    }

    private Map<String, String> headers(String contentType) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType);
        headers.put("Cache-Control", "no-store");
        headers.put("X-Seed", Long.toString(seed));
        headers.put("X-Sample-Rate", Integer.toString(model.sampleRateHz()));
        return headers;
    }

    private void sendWhole() throws IOException {
        SampleBuffer samples = new SampleBuffer();
        try (AudioSink pipeline = model.pipeline(parameters.speed(), samples)) {
            copy(stream.iterator(), pipeline);
        }
        Map<String, String> headers = headers(parameters.format().contentType());
        headers.put(FINISH_REASON, finishReason());
        exchange.send(new Response(200, headers, encode(samples.toArray())));
    }

    private byte[] encode(float[] samples) throws IOException {
        if (parameters.format() == SpeechFormat.WAV) { // a whole file knows its length
            return WavWriter.toBytes(Pcm.mono(samples, model.sampleRateHz()), WavEncoding.PCM16);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (AudioSink sink = parameters.format().open(bytes, model.sampleRateHz())) {
            sink.write(samples);
        }
        return bytes.toByteArray();
    }

    /** The finish reason is not known when the headers are sent: it follows the audio as a trailer. */
    private void sendStream() throws IOException {
        Iterator<AudioChunk> chunks = stream.iterator();
        chunks.hasNext();
        Map<String, String> headers = headers(parameters.format().contentType());
        headers.put("Trailer", FINISH_REASON);
        encode(chunks, exchange.stream(200, headers));
        exchange.finish(Map.of(FINISH_REASON, finishReason()));
    }

    private void sendEvents() throws IOException {
        Iterator<AudioChunk> chunks = stream.iterator();
        chunks.hasNext();
        SpeechEvents events = new SpeechEvents(exchange.stream(200, headers("text/event-stream")));
        try {
            encode(chunks, events);
        } catch (SpeechCancelledException e) {
            throw e;
        } catch (TtsException e) {
            events.failed(ApiException.of(e));
            throw e;
        }
        events.done(stream.stats());
        exchange.finish(Map.of());
    }

    /** Encodes and sends chunks as they are generated. On failure the format is not ended, but its memory is freed. */
    private void encode(Iterator<AudioChunk> chunks, OutputStream out) throws IOException {
        Output output = new Output(out);
        AudioSink format = parameters.format().open(output, model.sampleRateHz());
        try (AudioSink pipeline = model.pipeline(parameters.speed(), format)) {
            try {
                copy(chunks, pipeline);
            } catch (IOException | RuntimeException e) {
                output.discard();
                throw e;
            }
        }
    }

    private static void copy(Iterator<AudioChunk> chunks, AudioSink sink) throws IOException {
        while (chunks.hasNext()) {
            sink.write(chunks.next().samples());
        }
    }

    private String finishReason() {
        return OpenAiFields.finishReason(stream.stats().reason());
    }

    /** Passes bytes on until it is told to discard them. */
    private static final class Output extends OutputStream {

        private final OutputStream out;
        private boolean discarding;

        Output(OutputStream out) {
            this.out = out;
        }

        void discard() {
            discarding = true;
        }

        @Override
        public void write(int b) throws IOException {
            if (!discarding) {
                out.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (!discarding) {
                out.write(bytes, from, count);
            }
        }

        @Override
        public void flush() throws IOException {
            if (!discarding) {
                out.flush();
            }
        }
    }
}
