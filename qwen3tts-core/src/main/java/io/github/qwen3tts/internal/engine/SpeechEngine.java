package io.github.qwen3tts.internal.engine;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.DeviceLostException;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.OverloadedException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.runtime.Uninterruptibly;
import io.github.qwen3tts.internal.stream.ChunkQueue;
import io.github.qwen3tts.internal.stream.ChunkQueue.Event;
import io.github.qwen3tts.internal.stream.QueuedStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Makes the speech of all streams on one thread: streams join and leave between frames, and each gets one frame per
 * round. A stream whose reader is slow pauses when its queue is full; the others go on. Where CPU cores are left, a
 * second thread decodes chunks while the language model makes the next frames.
 */
public final class SpeechEngine implements AutoCloseable {

    /**
     * Limits.
     *
     * @param maxStreams         speaking at once; more wait for their turn
     * @param maxQueued          streams that may wait; more are refused; {@code >= 0}
     * @param maxBufferedSeconds of audio that may wait for a reader before its stream pauses
     * @param promptTime         for which prompts of new streams may be read before those that speak get their next
     *                           frame; a prompt that has begun is read to its end
     */
    public record Limits(int maxStreams, int maxQueued, double maxBufferedSeconds, Duration promptTime) {

        /** Streams that may wait by default. */
        public static final int DEFAULT_MAX_QUEUED = 256;

        public Limits {
            Check.argument(maxStreams >= 1, "maxStreams must be >= 1", "maxStreams", maxStreams);
            Check.argument(maxQueued >= 0, "maxQueued must be >= 0", "maxQueued", maxQueued);
        }
    }

    private final LanguageModel model;
    private final CodecDecoder codec;
    private final ReferenceStates references;
    private final int sampleRateHz;
    private final int codeGroups;
    private final Limits limits;
    private final Executor subscriptions;
    private final Thread thread = new Thread(this::run, "qwen3tts-engine");
    private final Optional<TaskThread> decoder; // empty if the engine thread decodes

    private final Object lock = new Object();
    private final Deque<SpeechSession> arrivals = new ArrayDeque<>(); // guarded by lock
    private final Admission admission; // guarded by lock
    private long signals; // guarded by lock; counts reasons to look again
    private boolean closed; // guarded by lock
    private TtsException failure; // guarded by lock; what closed the engine, if not its owner

    private final List<SpeechSession> speaking = new ArrayList<>(); // engine thread only
    private final Deque<Decoding> decodings = new ArrayDeque<>(); // on the decoder's thread, oldest first; likewise

    /** Chunks of several streams on their way through the decoder. */
    private record Decoding(List<SpeechSession> sessions, CompletableFuture<Void> result) {}

    /**
     * Starts the engine thread.
     *
     * @param model        the caller's; used on the engine thread only
     * @param codec        the caller's
     * @param sampleRateHz of the audio
     * @param codeGroups   codes per frame
     * @param limits       of streams and buffers
     * @param decodeBeside whether chunks that nobody waits for are decoded on a thread of their own
     * @param subscriptions runs the signals of subscriptions
     */
    public SpeechEngine(
            LanguageModel model,
            CodecDecoder codec,
            int sampleRateHz,
            int codeGroups,
            Limits limits,
            boolean decodeBeside,
            Executor subscriptions) {
        this.model = model;
        this.codec = codec;
        this.references = new ReferenceStates(codec, codeGroups);
        this.sampleRateHz = sampleRateHz;
        this.codeGroups = codeGroups;
        this.limits = limits;
        this.subscriptions = subscriptions;
        admission = new Admission(limits.maxStreams(), limits.maxQueued());
        decoder = decodeBeside ? Optional.of(new TaskThread("qwen3tts-decoder")) : Optional.empty();
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Queues a speech.
     *
     * @param job what to speak
     * @return the stream, to be read and closed by the caller
     * @throws OverloadedException   if as many streams wait as may
     * @throws EngineClosedException if the engine is closed
     * @throws DeviceLostException   if the device was lost
     * @throws DeviceException       if the runtime fails
     */
    public SpeechStream submit(SpeechJob job) {
        checkAdmission();
        ChunkQueue queue = new ChunkQueue(limits.maxBufferedSeconds(), this::signal);
        SpeechSession session = new SpeechSession(job, codec, sampleRateHz, codeGroups, queue);
        // On this thread, so that a new voice does not hold up the streams that speak.
        references.prepare(job.referenceCodes());
        synchronized (lock) {
            checkAdmission(); // again: others may have come
            arrivals.add(session);
        }
        signal();
        Runnable cancel = () -> {
            session.cancel();
            synchronized (lock) {
                arrivals.remove(session); // leaves its place in the queue at once
            }
            signal();
        };
        return new QueuedStream(queue, sampleRateHz, cancel, subscriptions);
    }

    /**
     * Refuses a request that {@link #submit} would refuse, before work is done for it.
     *
     * @throws OverloadedException   if as many streams wait as may
     * @throws EngineClosedException if the engine is closed
     * @throws DeviceLostException   if the device was lost
     */
    public void checkAdmission() {
        synchronized (lock) {
            checkOpen();
            if (admission.isFull(arrivals.size())) {
                Duration retryAfter = admission.retryAfter(System.nanoTime());
                throw new OverloadedException(
                        "the engine is overloaded: waiting=" + arrivals.size() + ", " + admission
                                + ", retryAfterMillis=" + retryAfter.toMillis()
                                + "; try again later, or raise maxQueued",
                        retryAfter);
            }
        }
    }

    private void checkOpen() {
        synchronized (lock) {
            if (closed) {
                throw failure == null
                        ? new EngineClosedException("the engine is closed: build another TtsEngine")
                        : failure instanceof DeviceLostException
                                ? new DeviceLostException(failure.getMessage(), failure)
                                : new DeviceException(failure.getMessage() + "; build another TtsEngine", failure);
            }
        }
    }

    /**
     * Reads the reference of a voice ahead of its first speech, on the calling thread.
     *
     * @param referenceCodes {@code [frames * codeGroups]}; empty for nothing
     * @throws EngineClosedException if the engine is closed
     * @throws DeviceLostException   if the device was lost
     * @throws DeviceException       if the runtime fails
     */
    public void prepare(int[] referenceCodes) {
        checkOpen();
        references.prepare(referenceCodes);
    }

    private void signal() {
        synchronized (lock) {
            signals++;
            lock.notifyAll();
        }
    }

    private void run() {
        TtsException cause = new EngineClosedException("the engine was closed while speaking");
        try {
            while (admit()) {
                round();
            }
            speaking.forEach(this::awaitDecoding);
        } catch (DeviceLostException e) {
            cause = e;
        } catch (RuntimeException | Error e) { // what a stream cannot fail of alone, such as no memory at all
            cause = new DeviceException("the engine failed: " + e, e);
        }
        synchronized (lock) { // no stream arrives from here on
            failure = closed ? null : cause;
            closed = true;
            speaking.addAll(arrivals);
        }
        for (SpeechSession session : speaking) {
            session.fail(cause);
        }
        decoder.ifPresent(TaskThread::close);
        references.close();
    }

    /** Lets streams in that have arrived. Waits while there is nothing to do; false once the engine is closed. */
    private boolean admit() {
        long seen = -1;
        while (true) {
            synchronized (lock) {
                while (!closed && signals == seen) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        return false; // only close() interrupts this thread
                    }
                }
                if (closed) {
                    return false;
                }
                seen = signals;
            }
            settleDecodings();
            dropCancelled();
            beginArrivals();
            if (isAnyReady()) {
                return true;
            }
        }
    }

    private boolean isAnyReady() {
        return !speaking.stream().allMatch(SpeechSession::isPaused);
    }

    /** As many as there is room for: at least one, and then more until somebody has waited long enough for a frame. */
    private void beginArrivals() {
        long began = System.nanoTime();
        while (speaking.size() < limits.maxStreams()) {
            SpeechSession next = nextArrival();
            if (next == null) {
                return;
            }
            begin(next);
            if (isAnyReady() && System.nanoTime() - began >= limits.promptTime().toNanos()) {
                return;
            }
        }
    }

    private SpeechSession nextArrival() {
        synchronized (lock) {
            SpeechSession next = arrivals.poll();
            while (next != null && next.isCancelled()) {
                next = arrivals.poll();
            }
            if (next != null) {
                admission.began(next, System.nanoTime());
            }
            return next;
        }
    }

    private void dropCancelled() {
        for (SpeechSession session : speaking) {
            if (session.isCancelled()) {
                session.end(new Event.Finished(session.stats(FinishReason.CANCELLED)));
            }
        }
        removeEnded();
    }

    private void removeEnded() {
        speaking.stream().filter(SpeechSession::isEnded).forEach(this::leave);
        speaking.removeIf(SpeechSession::isEnded);
    }

    private void leave(SpeechSession session) {
        synchronized (lock) {
            admission.ended(session, System.nanoTime());
        }
    }

    private void begin(SpeechSession session) {
        if (read(session)) {
            speaking.add(session);
        }
    }

    /** Reads the prompt of the next piece. False if the stream has failed of it. */
    private boolean read(SpeechSession session) {
        try {
            session.begin(model, () -> references.start(session.job().referenceCodes()));
            return true;
        } catch (RuntimeException e) {
            session.fail(asTtsException(e));
            leave(session);
            stopIfLost(e);
            return false;
        }
    }

    /** One frame for every stream that has room for it. */
    private void round() {
        List<SpeechSession> ready = new ArrayList<>();
        for (SpeechSession session : speaking) {
            if (!session.isPaused()) {
                ready.add(session);
            }
        }
        for (int from = 0; from < ready.size(); from += model.maxBatch()) {
            step(ready.subList(from, Math.min(ready.size(), from + model.maxBatch())));
        }
        removeEnded();
    }

    private void step(List<SpeechSession> batch) {
        long began = System.nanoTime();
        try {
            model.step(batch.stream().map(SpeechSession::generation).toList());
        } catch (RuntimeException e) {
            batch.forEach(session -> fail(session, e));
            return;
        }
        double share = SpeechSession.millisSince(began) / batch.size();
        for (SpeechSession session : batch) {
            try {
                session.afterStep(share);
            } catch (RuntimeException e) {
                fail(session, e);
            }
            if (session.dueFrames() > 0 || session.isSpoken()) {
                awaitDecoding(session); // the chunk before comes first
            }
        }
        batch.stream() // a first frame does not wait for a long chunk of another stream
                .filter(session -> session.dueFrames() > 0)
                .collect(Collectors.groupingBy(SpeechSession::dueFrames, TreeMap::new, Collectors.toList()))
                .values()
                .forEach(this::decode);
        batch.forEach(SpeechSession::finishIfComplete);
        batch.stream().filter(SpeechSession::isBetweenPieces).forEach(this::read);
    }

    /** Chunks of as many frames each, together: now, or beside the next steps if nobody waits for them. */
    private void decode(List<SpeechSession> sessions) {
        boolean urgent = sessions.stream().anyMatch(SpeechSession::isUrgent);
        List<CodecDecoder.Piece> pieces =
                sessions.stream().map(SpeechSession::takePiece).toList();
        long began = System.nanoTime();
        Executor executor = urgent || decoder.isEmpty() ? Runnable::run : decoder.get();
        Decoding decoding =
                new Decoding(sessions, CompletableFuture.runAsync(() -> decode(sessions, pieces), executor));
        sessions.forEach(session -> session.decodedBy(decoding.result()));
        if (decoding.result().isDone()) {
            await(decoding, began);
        } else {
            decodings.add(decoding);
            decoding.result().whenComplete((nothing, failure) -> signal());
        }
    }

    /** On the decoder's thread, if there is one. */
    private void decode(List<SpeechSession> sessions, List<CodecDecoder.Piece> pieces) {
        codec.decode(pieces);
        for (int i = 0; i < pieces.size(); i++) {
            sessions.get(i).deliver(pieces.get(i));
        }
    }

    /** Takes up what the decoder's thread has finished meanwhile. */
    private void settleDecodings() {
        while (!decodings.isEmpty() && decodings.peek().result().isDone()) {
            await(decodings.poll(), System.nanoTime());
        }
        removeEnded();
    }

    private void awaitDecoding(SpeechSession session) {
        for (Decoding decoding : List.copyOf(decodings)) {
            if (decoding.sessions().contains(session)) {
                decodings.remove(decoding);
                await(decoding, System.nanoTime());
            }
        }
    }

    /** Waits since {@code began}, if need be. */
    private void await(Decoding decoding, long began) {
        List<SpeechSession> sessions = decoding.sessions();
        try {
            decoding.result().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                sessions.forEach(session -> session.fail(asTtsException(known)));
                stopIfLost(known);
                return;
            }
            throw (Error) e.getCause();
        }
        double share = SpeechSession.millisSince(began) / sessions.size();
        sessions.forEach(session -> session.decoded(share));
    }

    /** Ends a stream after what it has said so far. */
    private void fail(SpeechSession session, RuntimeException e) {
        awaitDecoding(session);
        session.fail(asTtsException(e));
        stopIfLost(e);
    }

    /** A lost device is the end of all streams. */
    private static void stopIfLost(RuntimeException e) {
        if (e instanceof DeviceLostException lost) {
            throw lost;
        }
    }

    private static TtsException asTtsException(RuntimeException e) {
        return e instanceof TtsException known ? known : new DeviceException("speech failed: " + e, e);
    }

    /** Ends all streams, waits for the engine thread, and leaves model and codec to their owner. Safe to call twice. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            failure = null; // closed is what it is from now on
            lock.notifyAll();
        }
        if (Thread.currentThread() != thread) {
            Uninterruptibly.join(thread);
        }
    }
}
