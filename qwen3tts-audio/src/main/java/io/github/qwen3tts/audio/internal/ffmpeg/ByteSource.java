package io.github.qwen3tts.audio.internal.ffmpeg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes of known length that can be read anywhere. */
interface ByteSource {

    /** How many there are. */
    long size() throws IOException;

    /** Reads up to {@code target.remaining()} bytes from {@code at} on; returns how many, -1 at the end. */
    int read(long at, ByteBuffer target) throws IOException;

    // An open file; whoever opened it closes it.
    record OfFile(FileChannel channel) implements ByteSource {
        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int read(long at, ByteBuffer target) throws IOException {
            return channel.read(target, at);
        }
    }

    record OfBytes(byte[] bytes) implements ByteSource {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public int read(long at, ByteBuffer target) {
            if (at >= bytes.length) {
                return -1;
            }
            int count = (int) Math.min(target.remaining(), bytes.length - at);
            target.put(bytes, (int) at, count);
            return count;
        }
    }
}
