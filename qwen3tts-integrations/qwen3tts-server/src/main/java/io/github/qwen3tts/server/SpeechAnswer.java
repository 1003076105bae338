package io.github.qwen3tts.server;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.wav.WavEncoding;
import io.github.qwen3tts.audio.internal.wav.WavWriter;
import io.github.qwen3tts.server.internal.http.Answer;
import io.github.qwen3tts.server.internal.http.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A speech on its way into an answer.
 *
 * @param exchange    to answer
 * @param synthesizer that speaks
 * @param wanted      by the client
 * @param speech      to send; the caller's to close
 * @param seed        it is drawn with
 */
record SpeechAnswer(
        Exchange exchange, Synthesizer synthesizer, SpeechParameters wanted, SpeechStream speech, long seed) {

    private static final String FINISH_REASON = "X-Finish-Reason";

    /** Sends all of it. Until the first audio is there nothing is sent, so that a failure has a status of its own. */
    void deliver() throws IOException {
        switch (wanted.delivery()) {
            case WHOLE -> whole();
            case STREAM -> stream();
            case EVENTS -> events();
        }
    }

    private Map<String, String> headers(String contentType) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType);
        headers.put("Cache-Control", "no-store");
        headers.put("X-Seed", Long.toString(seed));
        headers.put("X-Sample-Rate", Integer.toString(synthesizer.sampleRateHz()));
        return headers;
    }

    private void whole() throws IOException {
        CollectedAudio audio = new CollectedAudio();
        try (AudioSink chain = synthesizer.chain(wanted.speed(), audio)) {
            copy(speech.iterator(), chain);
        }
        Map<String, String> headers = headers(wanted.format().contentType());
        headers.put(FINISH_REASON, finishReason());
        exchange.send(new Answer(200, headers, encode(audio.samples())));
    }

    private byte[] encode(float[] samples) throws IOException {
        if (wanted.format() == SpeechFormat.WAV) { // a whole file knows its length
            return WavWriter.toBytes(Pcm.mono(samples, synthesizer.sampleRateHz()), WavEncoding.PCM16);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (AudioSink sink = wanted.format().open(bytes, synthesizer.sampleRateHz())) {
            sink.write(samples);
        }
        return bytes.toByteArray();
    }

    /** The end of the audio is not known when the headers go out: how it ended comes behind it, as a trailer. */
    private void stream() throws IOException {
        Iterator<AudioChunk> chunks = speech.iterator();
        chunks.hasNext();
        Map<String, String> headers = headers(wanted.format().contentType());
        headers.put("Trailer", FINISH_REASON);
        send(chunks, exchange.stream(200, headers));
        exchange.finish(Map.of(FINISH_REASON, finishReason()));
    }

    private void events() throws IOException {
        Iterator<AudioChunk> chunks = speech.iterator();
        chunks.hasNext();
        SpeechEvents events = new SpeechEvents(exchange.stream(200, headers("text/event-stream")));
        try {
            send(chunks, events);
        } catch (SpeechCancelledException e) {
            throw e;
        } catch (TtsException e) {
            events.failed(ApiException.failed(e.getMessage()));
            throw e;
        }
        events.done(speech.stats());
        exchange.finish(Map.of());
    }

    /** Sends audio as it comes. If that fails, the end of the format is not sent, but what is native is freed. */
    private void send(Iterator<AudioChunk> chunks, OutputStream out) throws IOException {
        Valve valve = new Valve(out);
        AudioSink format = wanted.format().open(valve, synthesizer.sampleRateHz());
        try (AudioSink chain = synthesizer.chain(wanted.speed(), format)) {
            try {
                copy(chunks, chain);
            } catch (IOException | RuntimeException e) {
                valve.shut();
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
        return FinishWords.reason(speech.stats().reason());
    }

    /** Lets nothing through once it is shut. */
    private static final class Valve extends OutputStream {

        private final OutputStream out;
        private boolean shut;

        Valve(OutputStream out) {
            this.out = out;
        }

        void shut() {
            shut = true;
        }

        @Override
        public void write(int b) throws IOException {
            if (!shut) {
                out.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (!shut) {
                out.write(bytes, from, count);
            }
        }

        @Override
        public void flush() throws IOException {
            if (!shut) {
                out.flush();
            }
        }
    }
}
