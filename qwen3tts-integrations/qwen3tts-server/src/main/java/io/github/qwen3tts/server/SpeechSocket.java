package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.Pcm16;
import io.github.qwen3tts.internal.text.SentenceSplitter;
import io.github.qwen3tts.server.internal.http.ClientGoneException;
import io.github.qwen3tts.server.internal.http.WebSocket;
import io.github.qwen3tts.server.internal.http.WebSocketListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * {@code /v1/audio/speech/ws}: text comes in pieces, sentences go out as 16-bit PCM while more text is still coming.
 *
 * <p>The client sends JSON: {@code session.config} with the fields of {@code /v1/audio/speech} but the input;
 * {@code input.text} with a piece of {@code text}; {@code input.done} when it is complete; {@code cancel} to hear no more
 * of it; {@code session.close}. The server sends {@code audio.start}, then binary messages, then {@code audio.done} for
 * each sentence, and {@code session.done} behind the last one, after which the next text may come; or {@code error}.
 */
final class SpeechSocket implements WebSocketListener {

    private static final System.Logger LOG = System.getLogger(SpeechSocket.class.getName());

    private static final String CANCELLED = FinishWords.reason(FinishReason.CANCELLED);
    private static final int MAX_SENTENCE_CHARS = 400;
    private static final int NORMAL_CLOSURE = 1000;

    private final Service service;
    private final Synthesizer synthesizer;
    private WebSocket socket;

    private final SentenceSplitter splitter = new SentenceSplitter(MAX_SENTENCE_CHARS); // event loop only
    private SpeechParameters wanted; // guarded by this
    private long seed; // guarded by this
    private final Deque<String> sentences = new ArrayDeque<>(); // guarded by this
    private int inputChars; // guarded by this; of the text that is coming
    private boolean complete; // guarded by this; no more sentences of this text come
    private boolean failed; // guarded by this; what still comes of this text is dropped
    private boolean cancelled; // guarded by this; what is being spoken of it is not wanted any more
    private boolean working; // guarded by this; a worker speaks
    private boolean closed; // guarded by this
    private int spoken; // guarded by this; sentences of this text
    private SpeechStream speaking; // guarded by this

    SpeechSocket(Service service, Synthesizer synthesizer) {
        this.service = service;
        this.synthesizer = synthesizer;
        wanted = SpeechParameters.withoutInput(new JsonBody(Json.object()), service.inference());
        seed = SpeechRoute.newSeed();
    }

    @Override
    public void opened(WebSocket opened) {
        socket = opened;
    }

    @Override
    public void text(String message) {
        try {
            JsonBody body = JsonBody.parse(message.getBytes(StandardCharsets.UTF_8));
            String type = body.text("type").orElse("");
            switch (type) {
                case "session.config" -> configure(body);
                case "input.text" -> take(body.text("text").orElse(""));
                case "input.done" -> complete();
                case "cancel" -> cancel();
                case "session.close" -> socket.close(NORMAL_CLOSURE, "");
                default ->
                    throw ApiException.invalid(
                            "type", "type must be session.config, input.text, input.done, cancel or session.close");
            }
        } catch (ApiException e) {
            fail(e);
        }
    }

    private void configure(JsonBody body) {
        SpeechParameters parameters = SpeechParameters.withoutInput(body, service.inference());
        parameters.model().ifPresent(service.models()::require);
        if (body.text("response_format").orElse("pcm").equals("pcm")) {
            synchronized (this) {
                if (inputChars > 0) {
                    throw ApiException.invalid(null, "session.config comes before the text, or behind session.done");
                }
                wanted = parameters;
                seed = parameters.seed().orElseGet(SpeechRoute::newSeed);
            }
        } else {
            throw ApiException.invalid("response_format", "a WebSocket carries pcm only");
        }
    }

    private void take(String piece) {
        int max = service.settings().limits().maxInputChars();
        synchronized (this) {
            if (complete) {
                throw ApiException.invalid(null, "this text is complete: wait for session.done");
            }
            if (inputChars + piece.length() > max) {
                throw ApiException.invalid(
                        "text", "text is too long: maxChars=" + max + "; send input.done in between");
            }
            inputChars += piece.length();
            if (failed) {
                return;
            }
            sentences.addAll(splitter.feed(piece));
        }
        work();
    }

    private void complete() {
        synchronized (this) {
            if (complete) {
                throw ApiException.invalid(null, "this text is complete: wait for session.done");
            }
            List<String> rest = splitter.finish();
            if (!failed) {
                sentences.addAll(rest);
            }
            complete = true;
        }
        work();
    }

    /** Drops the rest of the text; it ends as if it had been spoken. */
    private void cancel() {
        SpeechStream stream;
        synchronized (this) {
            splitter.finish();
            sentences.clear();
            complete = true;
            cancelled = true;
            stream = speaking;
        }
        if (stream != null) {
            stream.close();
        }
        work();
    }

    /** Has a worker speak what is there, unless one does. */
    private void work() {
        synchronized (this) {
            if (working || closed) {
                return;
            }
            if (sentences.isEmpty()) {
                if (complete) {
                    sayDone();
                }
                return;
            }
            working = true;
        }
        try {
            service.workers().execute(this::speakAll);
        } catch (RejectedExecutionException e) {
            giveUp(ApiException.overloaded(1));
        }
    }

    private void speakAll() {
        try (Turnstile.Pass pass = service.turnstile().enter()) {
            String sentence = next(pass);
            while (sentence != null) {
                if (!sentence.isBlank()) {
                    speak(sentence);
                }
                sentence = next(pass);
            }
        } catch (ApiException e) {
            giveUp(e);
        } catch (InvalidRequestException e) {
            giveUp(ApiException.invalid(null, e.getMessage()));
        } catch (TtsException e) {
            service.metrics().failedSpeech();
            giveUp(ApiException.failed(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "speech failed", e);
            giveUp(ApiException.failed("the server failed; its log says why"));
        }
    }

    /** The next sentence, or null if there is none for now; then this worker is done, and maybe the text. */
    private synchronized String next(Turnstile.Pass pass) {
        String sentence = closed ? null : sentences.poll();
        if (sentence == null) {
            pass.close();
            working = false;
            if (complete && !closed) {
                sayDone();
            }
        }
        return sentence;
    }

    private synchronized void reset() {
        sentences.clear();
        inputChars = 0;
        spoken = 0;
        complete = false;
        failed = false;
        cancelled = false;
    }

    /** This text is not spoken to its end. */
    private synchronized void giveUp(ApiException failure) {
        fail(failure);
        working = false;
        failed = true;
        sentences.clear();
        if (complete) {
            sayDone();
        }
    }

    private synchronized void sayDone() {
        socket.send(Json.text(Json.object().put("type", "session.done").put("total_sentences", spoken)));
        reset();
    }

    private void fail(ApiException failure) {
        ObjectNode event = Json.object().put("type", "error");
        socket.send(Json.text(event.setAll(failure.envelope())));
    }

    private void speak(String sentence) throws IOException {
        SpeechParameters parameters;
        int index;
        long sentenceSeed;
        synchronized (this) {
            parameters = wanted.withInput(sentence.strip());
            sentenceSeed = seed;
            index = spoken++;
        }
        try (SpeechStream stream = synthesizer.stream(parameters, sentenceSeed)) {
            begin(stream);
            socket.send(Json.text(Json.object()
                    .put("type", "audio.start")
                    .put("sentence_index", index)
                    .put("sentence_text", sentence)
                    .put("format", "pcm")
                    .put("sample_rate", synthesizer.sampleRateHz())
                    .put("seed", sentenceSeed)));
            String end = send(stream, parameters);
            SynthesisStats stats = stream.stats();
            service.metrics().speech(end, stats);
            ObjectNode done = Json.object().put("type", "audio.done").put("sentence_index", index);
            done.put("finish_reason", end).set("usage", FinishWords.usage(stats));
            socket.send(Json.text(done));
        } finally {
            synchronized (this) {
                speaking = null;
            }
        }
    }

    /** Sends a speech until its end, or that of the wish to hear it; how it ended. */
    private String send(SpeechStream stream, SpeechParameters parameters) throws IOException {
        try (AudioSink chain = synthesizer.chain(parameters.speed(), new Messages())) {
            for (AudioChunk chunk : stream) {
                if (isUnwanted()) { // it may have been made to its end already, and wait here
                    return CANCELLED;
                }
                chain.write(chunk.samples());
            }
            return FinishWords.reason(stream.stats().reason());
        } catch (SpeechCancelledException | ClientGoneException e) {
            return CANCELLED;
        } finally {
            stream.close();
        }
    }

    /** From now on the stream can be closed by others; it may be too late for it already. */
    private void begin(SpeechStream stream) {
        synchronized (this) {
            speaking = stream;
        }
        if (isUnwanted()) {
            stream.close();
        }
    }

    private synchronized boolean isUnwanted() {
        return closed || cancelled;
    }

    /** Sends audio as binary messages of 16-bit PCM. */
    private final class Messages implements AudioSink {

        private byte[] bytes = new byte[0];

        @Override
        public void write(float[] samples, int from, int count) throws IOException {
            int size = count * Pcm16.BYTES;
            if (bytes.length < size) {
                bytes = new byte[size];
            }
            Pcm16.encode(samples, from, count, bytes, 0);
            socket.send(bytes, size);
        }

        @Override
        public void close() {
            // the socket stays open
        }
    }

    @Override
    public void closed() {
        SpeechStream stream;
        synchronized (this) {
            closed = true;
            sentences.clear();
            stream = speaking;
        }
        if (stream != null) {
            stream.close();
        }
    }
}
