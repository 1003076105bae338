package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.OverloadedException;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.internal.Pcm16;
import io.github.qwen3tts.internal.text.SentenceSplitter;
import io.github.qwen3tts.server.internal.http.ClientDisconnectedException;
import io.github.qwen3tts.server.internal.http.WebSocket;
import io.github.qwen3tts.server.internal.http.WebSocketListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Handles the WebSocket {@code /v1/audio/speech/ws}: receives text piece by piece, and sends each sentence as 16-bit PCM
 * while more text is still arriving.
 *
 * <p>The client sends JSON: {@code session.config} with the fields of {@code /v1/audio/speech} but the input;
 * {@code input.text} with a piece of {@code text}; {@code input.done} when it is complete; {@code cancel} to drop the
 * rest of it; {@code session.close}. The server sends {@code audio.start}, then binary messages, then {@code audio.done} for
 * each sentence, and {@code session.done} after the last one, after which the next text may come; or {@code error}.
 */
final class SpeechSocket implements WebSocketListener {

    private static final System.Logger LOG = System.getLogger(SpeechSocket.class.getName());

    private static final String CANCELLED = OpenAiFields.finishReason(FinishReason.CANCELLED);
    private static final int MAX_SENTENCE_CHARS = 400;
    private static final int NORMAL_CLOSURE = 1000;

    private final ServerContext context;
    private final LoadedModel model;
    private WebSocket socket;

    private final SentenceSplitter splitter = new SentenceSplitter(MAX_SENTENCE_CHARS); // event loop only
    private SpeechParameters configured; // guarded by this
    private long seed; // guarded by this
    private final Deque<String> sentences = new ArrayDeque<>(); // guarded by this
    private int inputChars; // guarded by this; of this text
    private boolean complete; // guarded by this; no more sentences of this text follow
    private boolean failed; // guarded by this; the rest of this text is dropped
    private boolean cancelled; // guarded by this; the sentence being spoken is dropped, too
    private boolean working; // guarded by this; a worker speaks this text
    private boolean closed; // guarded by this
    private int started; // guarded by this; sentences of this text
    private SpeechStream speaking; // guarded by this

    SpeechSocket(ServerContext context, LoadedModel model) {
        this.context = context;
        this.model = model;
        configured = SpeechParameters.withoutInput(new JsonBody(Json.object()), context.inference());
        seed = SpeechHandler.newSeed();
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
                case "input.text" -> append(body.text("text").orElse(""));
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
        SpeechParameters parameters = SpeechParameters.withoutInput(body, context.inference());
        parameters.model().ifPresent(context.modelNames()::require);
        if (body.text("response_format").orElse("pcm").equals("pcm")) {
            synchronized (this) {
                if (inputChars > 0) {
                    throw ApiException.invalid(null, "session.config comes before the text, or after session.done");
                }
                configured = parameters;
                seed = parameters.seed().orElseGet(SpeechHandler::newSeed);
            }
        } else {
            throw ApiException.invalid("response_format", "a WebSocket carries pcm only");
        }
    }

    private void append(String piece) {
        int max = context.settings().limits().maxInputChars();
        synchronized (this) {
            requireIncomplete();
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

    private synchronized void requireIncomplete() {
        if (complete) {
            throw ApiException.invalid(null, "this text is complete: wait for session.done");
        }
    }

    private void complete() {
        synchronized (this) {
            requireIncomplete();
            List<String> rest = splitter.finish();
            if (!failed) {
                sentences.addAll(rest);
            }
            complete = true;
        }
        work();
    }

    /** Drops the rest of the text, which then ends with {@code session.done}. */
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

    /** Starts a worker to speak the queued sentences, unless one does already. */
    private void work() {
        synchronized (this) {
            if (working || closed) {
                return;
            }
            if (sentences.isEmpty()) {
                if (complete) {
                    sendDone();
                }
                return;
            }
            working = true;
        }
        try {
            context.workers().execute(this::speakAll);
        } catch (RejectedExecutionException e) {
            abandon(ApiException.overloaded(1));
        }
    }

    private void speakAll() {
        try (ConcurrencyLimiter.Permit permit = context.limiter().acquire()) {
            String sentence = next(permit);
            while (sentence != null) {
                if (!sentence.isBlank()) {
                    speak(sentence);
                }
                sentence = next(permit);
            }
        } catch (ApiException e) {
            abandon(e);
        } catch (InvalidRequestException | OverloadedException e) {
            abandon(ApiException.of(e));
        } catch (TtsException e) {
            context.metrics().failedSpeech();
            abandon(ApiException.of(e));
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "speech failed", e);
            abandon(ApiException.failed("the server failed; its log says why"));
        }
    }

    /** The next sentence; null if none is queued, and then this worker ends, and with a complete text the text. */
    private synchronized String next(ConcurrencyLimiter.Permit permit) {
        String sentence = closed ? null : sentences.poll();
        if (sentence == null) {
            permit.close();
            working = false;
            if (complete && !closed) {
                sendDone();
            }
        }
        return sentence;
    }

    private synchronized void reset() {
        sentences.clear();
        inputChars = 0;
        started = 0;
        complete = false;
        failed = false;
        cancelled = false;
    }

    /** Ends this text early with an error. */
    private synchronized void abandon(ApiException failure) {
        fail(failure);
        working = false;
        failed = true;
        sentences.clear();
        if (complete) {
            sendDone();
        }
    }

    private synchronized void sendDone() {
        socket.send(Json.text(Json.object().put("type", "session.done").put("total_sentences", started)));
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
            parameters = configured.withInput(sentence.strip());
            sentenceSeed = seed;
            index = started++;
        }
        try (SpeechStream stream = model.stream(parameters, sentenceSeed)) {
            register(stream);
            socket.send(Json.text(Json.object()
                    .put("type", "audio.start")
                    .put("sentence_index", index)
                    .put("sentence_text", sentence)
                    .put("format", "pcm")
                    .put("sample_rate", model.sampleRateHz())
                    .put("seed", sentenceSeed)));
            String end = send(stream, parameters);
            SynthesisStats stats = stream.stats();
            context.metrics().speech(end, stats);
            ObjectNode done = Json.object().put("type", "audio.done").put("sentence_index", index);
            done.put("finish_reason", end).set("usage", OpenAiFields.usage(stats));
            socket.send(Json.text(done));
        } finally {
            synchronized (this) {
                speaking = null;
            }
        }
    }

    /** Sends a stream until it ends or is cancelled; returns the finish reason. */
    private String send(SpeechStream stream, SpeechParameters parameters) throws IOException {
        try (AudioSink pipeline = model.pipeline(parameters.speed(), new BinaryMessages())) {
            for (AudioChunk chunk : stream) {
                if (isCancelled()) { // the stream may have ended already, with chunks left here
                    return CANCELLED;
                }
                pipeline.write(chunk.samples());
            }
            return OpenAiFields.finishReason(stream.stats().reason());
        } catch (SpeechCancelledException | ClientDisconnectedException e) {
            return CANCELLED;
        } finally {
            stream.close();
        }
    }

    /** Lets other threads close the stream; closes it if it is cancelled already. */
    private void register(SpeechStream stream) {
        synchronized (this) {
            speaking = stream;
        }
        if (isCancelled()) {
            stream.close();
        }
    }

    private synchronized boolean isCancelled() {
        return closed || cancelled;
    }

    /** Sends audio as binary messages of 16-bit PCM. */
    private final class BinaryMessages implements AudioSink {

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
