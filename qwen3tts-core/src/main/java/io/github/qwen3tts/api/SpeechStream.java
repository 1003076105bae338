package io.github.qwen3tts.api;

import java.util.Iterator;
import java.util.concurrent.Flow;

/**
 * Delivers speech while it is synthesised. Read it once, by iterating or by subscribing, on one thread. Closing it early
 * cancels the synthesis within one frame; {@link #close} may be called from any thread.
 */
public interface SpeechStream extends Iterable<AudioChunk>, AutoCloseable {

    /**
     * Returns the chunks in order; waits for each. Ends normally only if the speech did: a failure is thrown on the
     * reader's thread, as is {@link SpeechCancelledException} if the stream is closed while it is read.
     *
     * @return the one iterator
     * @throws IllegalStateException if the stream is being read already
     */
    @Override
    Iterator<AudioChunk> iterator();

    /**
     * Returns the chunks as a publisher for one subscriber; further ones are told an {@link IllegalStateException}.
     * Signals come from a thread of the subscription's own, as many chunks as are requested; a slow subscriber delays
     * nobody else. Cancelling the subscription closes the stream; closing the stream is an error to its subscriber.
     *
     * @return the publisher
     */
    Flow.Publisher<AudioChunk> publisher();

    /**
     * Returns the statistics of the speech, once it is over: read to its end, or closed.
     *
     * @return the statistics
     * @throws TtsException          if the speech failed
     * @throws IllegalStateException if it is not over yet
     */
    SynthesisStats stats();

    /** Cancels the speech unless it is over. Chunks not read yet are dropped. A second call does nothing. */
    @Override
    void close();
}
