package io.github.qwen3tts.internal.stream;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.audio.internal.Pcm16;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.Objects;

/** Reads a stream as 16-bit little-endian PCM. */
public final class PcmInputStream extends InputStream {

    private final SpeechStream stream;
    private Iterator<AudioChunk> chunks; // null before the first byte is read
    private byte[] bytes = {};
    private int at;
    private boolean closed;

    /** Reads {@code stream}, and closes it with this one. */
    public PcmInputStream(SpeechStream stream) {
        this.stream = stream;
    }

    @Override
    public int read() throws IOException {
        return fill() ? bytes[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] out, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, out.length);
        if (count == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int size = Math.min(count, bytes.length - at);
        System.arraycopy(bytes, at, out, from, size);
        at += size;
        return size;
    }

    /** Bytes that can be read without waiting. */
    @Override
    public int available() {
        return bytes.length - at;
    }

    /** Waits until there is a byte; false at the end. */
    private boolean fill() throws IOException {
        if (closed) {
            throw new IOException("the audio stream is closed");
        }
        try {
            if (chunks == null) {
                chunks = stream.iterator();
            }
            while (at == bytes.length) {
                if (!chunks.hasNext()) {
                    return false;
                }
                float[] samples = chunks.next().samples();
                bytes = new byte[samples.length * Pcm16.BYTES];
                Pcm16.encode(samples, 0, samples.length, bytes, 0);
                at = 0;
            }
            return true;
        } catch (TtsException e) {
            throw new IOException("the speech failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        closed = true;
        stream.close();
    }
}
