package io.github.qwen3tts.engine;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.engine.ChunkQueue.Event;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Flow;

/**
 * Speech as it is made: read it once, by iterating or by subscribing. Closing early cancels within one frame. Reading is
 * for one thread; {@link #close} may come from any.
 */
public final class SpeechStream implements Iterable<AudioChunk>, AutoCloseable {

    private static final String READ_ONCE = "a stream is read once: ask the engine for another one";

    private final ChunkQueue queue;
    private final Runnable cancel;
    private boolean read;

    SpeechStream(ChunkQueue queue, Runnable cancel) {
        this.queue = queue;
        this.cancel = cancel;
    }

    /**
     * The chunks in order; waits for each. Ends normally only if the speech did: a failure is thrown on the reader's
     * thread, as is {@link SpeechCancelledException} if the stream is closed while it is read.
     *
     * @return the one iterator
     * @throws IllegalStateException if the stream is being read already
     */
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

    /**
     * The chunks as a publisher, for one subscriber; further ones are told an {@link IllegalStateException}. Signals
     * come from a thread of the subscription's own, as many chunks as are requested; a slow subscriber holds nobody else
     * up. Cancelling the subscription closes the stream; closing the stream is an error to its subscriber.
     *
     * @return the publisher
     */
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

    /**
     * What the speech came to, once it is over: read to its end, or closed.
     *
     * @return the statistics
     * @throws TtsException          if the speech failed
     * @throws IllegalStateException if it is not over yet
     */
    public SynthesisStats stats() {
        if (queue.terminal() instanceof Event.Finished finished) {
            return finished.stats();
        }
        if (queue.terminal() instanceof Event.Failed failed) {
            throw failed.cause();
        }
        throw new IllegalStateException("the speech is not over yet: read the stream to its end, or close it");
    }

    /** Cancels the speech unless it is over. What was not read yet is dropped. A second call does nothing. */
    @Override
    public void close() {
        cancel.run();
    }
}
