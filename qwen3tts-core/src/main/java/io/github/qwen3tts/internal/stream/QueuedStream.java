package io.github.qwen3tts.internal.stream;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.internal.stream.ChunkQueue.Event;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/** Reads the chunks of one speech from its queue. */
public final class QueuedStream implements SpeechStream {

    private static final String READ_ONCE = "a stream is read once: ask the engine for another one";

    private final ChunkQueue queue;
    private final int sampleRateHz;
    private final Runnable cancel;
    private final Executor signals;
    private boolean read;

    /**
     * Reads a queue.
     *
     * @param queue        filled by a producer
     * @param sampleRateHz of its chunks
     * @param cancel       tells the producer that nobody reads any more; may be called again and from any thread
     * @param signals      runs the signals of a subscription, one long task for each
     */
    public QueuedStream(ChunkQueue queue, int sampleRateHz, Runnable cancel, Executor signals) {
        this.queue = queue;
        this.sampleRateHz = sampleRateHz;
        this.cancel = cancel;
        this.signals = signals;
    }

    /** Makes a stream of chunks that are there already. */
    public static SpeechStream of(List<AudioChunk> chunks, SynthesisStats stats) {
        return given(chunks, chunks.get(0).sampleRateHz(), new Event.Finished(stats));
    }

    /** Makes a stream of chunks that are there already, and of a failure behind them. */
    public static SpeechStream failing(List<AudioChunk> chunks, int sampleRateHz, TtsException failure) {
        return given(chunks, sampleRateHz, new Event.Failed(failure));
    }

    private static SpeechStream given(List<AudioChunk> chunks, int sampleRateHz, Event end) {
        ChunkQueue queue = new ChunkQueue(Double.POSITIVE_INFINITY, () -> {});
        chunks.forEach(queue::add);
        queue.end(end);
        SynthesisStats cancelled = SynthesisStats.of(FinishReason.CANCELLED, 0, 0, 0);
        return new QueuedStream(
                queue, sampleRateHz, () -> queue.cancel(new Event.Finished(cancelled)), PendingSpeech.NEW_THREAD);
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public Iterator<AudioChunk> iterator() {
        if (!claim()) {
            throw new IllegalStateException(READ_ONCE);
        }
        return new Iterator<>() {
            private Event next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    next = await();
                }
                return next instanceof Event.Audio;
            }

            @Override
            public AudioChunk next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("the speech is over");
                }
                AudioChunk chunk = ((Event.Audio) next).chunk();
                next = null;
                return chunk;
            }
        };
    }

    /** True for the first one who wants to read. */
    private synchronized boolean claim() {
        boolean first = !read;
        read = true;
        return first;
    }

    private Event await() {
        try {
            Event event = queue.take();
            TtsException failure = event.failure();
            if (failure != null) {
                throw failure;
            }
            return event;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new SpeechCancelledException("interrupted while waiting for speech; the stream is closed", e);
        }
    }

    @Override
    public Flow.Publisher<AudioChunk> publisher() {
        return subscriber -> {
            Objects.requireNonNull(subscriber, "subscriber");
            if (claim()) {
                signals.execute(new ChunkSubscription(queue, this::close, subscriber));
            } else {
                ChunkSubscription.refuse(subscriber, new IllegalStateException(READ_ONCE));
            }
        };
    }

    @Override
    public SynthesisStats stats() {
        if (queue.terminal() instanceof Event.Finished finished) {
            return finished.stats();
        }
        if (queue.terminal() instanceof Event.Failed failed) {
            throw failed.cause();
        }
        throw new IllegalStateException("the speech is not over yet: read the stream to its end, or close it");
    }

    @Override
    public void close() {
        cancel.run();
    }
}
