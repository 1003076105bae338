package io.github.qwen3tts.audio;

import java.io.Closeable;
import java.io.IOException;

/**
 * Takes audio as it comes: a file, a sound card, a socket. Mono, unless the sink was opened with more channels; then
 * samples are interleaved and every write is whole frames. For one thread at a time.
 */
public interface AudioSink extends Closeable {

    /**
     * Takes the next samples; blocks while the sink is full.
     *
     * @param samples holds the samples, nominally in {@code [-1, 1]}; read only, free to reuse on return
     * @param from    index of the first sample
     * @param count   how many samples
     * @throws IOException if the samples cannot be taken
     */
    void write(float[] samples, int from, int count) throws IOException;

    /**
     * Takes a whole array of samples.
     *
     * @param samples nominally in {@code [-1, 1]}; read only, free to reuse on return
     * @throws IOException if the samples cannot be taken
     */
    default void write(float[] samples) throws IOException {
        write(samples, 0, samples.length);
    }

    /**
     * Delivers what is buffered and lets go of the device or file. A second call does nothing.
     *
     * @throws IOException if what is buffered cannot be delivered
     */
    @Override
    void close() throws IOException;
}
