package io.github.qwen3tts.audio.internal;

/**
 * 16-bit signed little-endian PCM, the bytes most files, sockets and sound cards speak. Nothing here allocates.
 *
 * <p>Samples are scaled by 32767 on the way out, so that 1 and -1 both fit, and divided by 32768 on the way in, so that
 * every 16-bit value lands in {@code [-1, 1)}: the scales of libsndfile.
 */
public final class Pcm16 {

    /** Bytes of one sample. */
    public static final int BYTES = 2;

    private static final float TO_SHORT = 32767f;
    private static final float TO_FLOAT = 1f / 32768f;

    private Pcm16() {}

    /**
     * Clips to {@code [-1, 1]}, scales and rounds to the nearest integer; a NaN becomes silence.
     *
     * @param samples holds the samples; read only
     * @param from    index of the first sample
     * @param count   how many samples
     * @param out     receives {@code 2 * count} bytes
     * @param outFrom index of the first byte
     */
    public static void encode(float[] samples, int from, int count, byte[] out, int outFrom) {
        int end = from + count;
        for (int i = from, o = outFrom; i < end; i++, o += BYTES) {
            float clipped = Math.max(-1f, Math.min(1f, samples[i]));
            int value = Math.round(clipped * TO_SHORT);
            out[o] = (byte) value;
            out[o + 1] = (byte) (value >> 8);
        }
    }

    /**
     * Reads back samples in {@code [-1, 1)}.
     *
     * @param in      holds {@code 2 * count} bytes; read only
     * @param from    index of the first byte
     * @param count   how many samples
     * @param out     receives the samples
     * @param outFrom index of the first sample
     */
    public static void decode(byte[] in, int from, int count, float[] out, int outFrom) {
        int end = outFrom + count;
        for (int o = outFrom, i = from; o < end; o++, i += BYTES) {
            out[o] = (short) (in[i] & 0xff | in[i + 1] << 8) * TO_FLOAT;
        }
    }
}
