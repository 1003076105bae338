package io.github.qwen3tts.audio.internal;

import io.github.qwen3tts.audio.AudioSink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * Writes bare 16-bit little-endian PCM (s16le), no header: for a pipe, a socket or an HTTP body whose reader knows the
 * rate. Each {@code write} is flushed, so that the listener hears it at once. The stream stays the caller's to close.
 */
public final class PcmSink implements AudioSink {

    private static final int BLOCK_SAMPLES = 4096;

    private final OutputStream out;
    private final byte[] block = new byte[BLOCK_SAMPLES * Pcm16.BYTES];

    /**
     * Starts on a stream the caller opened and will close.
     *
     * @param out receives two bytes per sample
     */
    public PcmSink(OutputStream out) {
        this.out = Objects.requireNonNull(out, "out");
    }

    @Override
    public void write(float[] samples, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, samples.length);
        int end = from + count;
        for (int i = from; i < end; i += BLOCK_SAMPLES) {
            int size = Math.min(BLOCK_SAMPLES, end - i);
            Pcm16.encode(samples, i, size, block, 0);
            out.write(block, 0, size * Pcm16.BYTES);
        }
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.flush();
    }
}
