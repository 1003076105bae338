package io.github.qwen3tts.internal.engine;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.internal.engine.ChunkQueue.Event;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Flow;

/** Reads the chunks of one speech from its queue. */
final class QueuedStream implements SpeechStream {

    private static final String READ_ONCE = "a stream is read once: ask the engine for another one";

    private final ChunkQueue queue;
    private final Runnable cancel;
    private boolean read;

    QueuedStream(ChunkQueue queue, Runnable cancel) {
        this.queue = queue;
        this.cancel = cancel;
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
                new ChunkSubscription(queue, this::close, subscriber).start();
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
