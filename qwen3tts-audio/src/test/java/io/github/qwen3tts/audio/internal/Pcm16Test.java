package io.github.qwen3tts.audio.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class Pcm16Test {

    @Test
    void encodesLittleEndianClippedAndRounded() {
        float[] samples = {0f, 1f, -1f, 1.5f, -7f, 0.5f, 1.4f / 32767f, 1.6f / 32767f, -1.6f / 32767f};
        byte[] bytes = new byte[2 * samples.length];
        Pcm16.encode(samples, 0, samples.length, bytes, 0);
        assertArrayEquals(new short[] {0, 32767, -32767, 32767, -32767, 16384, 1, 2, -2}, shorts(bytes));
    }

    @Test
    void nanBecomesSilenceAndInfinityFullScale() {
        float[] samples = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        byte[] bytes = new byte[6];
        Pcm16.encode(samples, 0, 3, bytes, 0);
        assertArrayEquals(new short[] {0, 32767, -32767}, shorts(bytes));
    }

    @Test
    void writesOnlyTheRangeAskedFor() {
        byte[] bytes = {9, 9, 9, 9, 9, 9};
        Pcm16.encode(new float[] {1f, 0f, 1f}, 1, 1, bytes, 2);
        assertArrayEquals(new byte[] {9, 9, 0, 0, 9, 9}, bytes);
    }

    @Test
    void decodesEveryShortByDividingBy32768() {
        byte[] bytes = new byte[2 * 65536];
        for (int i = 0; i < 65536; i++) {
            int value = i - 32768;
            bytes[2 * i] = (byte) value;
            bytes[2 * i + 1] = (byte) (value >> 8);
        }
        float[] samples = new float[65537];
        Pcm16.decode(bytes, 0, 65536, samples, 1);
        assertEquals(0f, samples[0]);
        for (int i = 0; i < 65536; i++) {
            assertEquals((i - 32768) / 32768f, samples[i + 1]);
        }
    }

    private static short[] shorts(byte[] bytes) {
        short[] values = new short[bytes.length / 2];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(values);
        return values;
    }
}
