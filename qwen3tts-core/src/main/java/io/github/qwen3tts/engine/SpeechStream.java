package io.github.qwen3tts.engine;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.engine.ChunkQueue.Event;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Flow;

/**
 * Speech as it is made: read it once, by iterating or by subscribing. Closing early cancels within one frame. Reading is
 * for one thread; {@link #close} may come from any.
 */
public final class SpeechStream implements Iterable<AudioChunk>, AutoCloseable {

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
        claim();
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

    private synchronized void claim() {
        if (read) {
            throw new IllegalStateException("a stream is read once: ask the engine for another one");
        }
        read = true;
    }

    private Event await() {
        try {
            Event event = queue.take();
            if (event instanceof Event.Failed failed) {
                throw failed.cause();
            }
            if (event instanceof Event.Finished finished && finished.stats().reason() == FinishReason.CANCELLED) {
                throw new SpeechCancelledException("the stream was closed before its speech was complete: frames="
                        + finished.stats().frames());
            }
            return event;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new SpeechCancelledException("interrupted while waiting for speech; the stream is closed", e);
        }
    }

    /**
     * The chunks as a publisher, for one subscriber. Signals come from a thread of the subscription's own, as many as
     * are requested; a slow subscriber holds nobody else up. Cancelling the subscription closes the stream.
     *
     * @return the publisher
     */
    public Flow.Publisher<AudioChunk> publisher() {
        return subscriber -> {
            claim();
            new ChunkSubscription(queue, this::close, subscriber).start();
        };
    }

    /**
     * What the speech came to, once it is over: read to its end, or closed.
     *
     * @return the statistics
     * @throws io.github.qwen3tts.api.TtsException if the speech failed
     * @throws IllegalStateException               if it is not over yet
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
