package io.github.qwen3tts.internal.sample;

/**
 * Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): a random number is a pure
 * function of what it is for, so a result depends on no order of calls, no batching and no device.
 *
 * <p>Packing, in 32-bit words, lowest first:
 *
 * <pre>
 * key      seed (low), seed (high)
 * counter  frame, group / 4, stream (low), stream (high)
 * uniform  (output[group % 4] &gt;&gt;&gt; 8) * 2^-24
 * </pre>
 */
public final class Philox {

    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9; // golden ratio
    private static final int WEYL_1 = 0xBB67AE85; // sqrt(3) - 1

    private Philox() {}

    /**
     * The number that chooses one code.
     *
     * @param seed   the key: of a request, any value
     * @param stream tells apart what shares a seed, any value
     * @param frame  the frame, {@code >= 0}
     * @param group  the code group inside the frame, {@code >= 0}
     * @return in {@code [0, 1)}, a multiple of 2^-24
     */
    public static float uniform(long seed, long stream, int frame, int group) {
        int word = word(
                group & 3, frame, group >>> 2, (int) stream, (int) (stream >>> 32), (int) seed, (int) (seed >>> 32));
        return (word >>> 8) * 0x1p-24f;
    }

    /** One word of the block that {@code counter} (c0..c3) and {@code key} (k0, k1) give. */
    static int word(int lane, int c0, int c1, int c2, int c3, int k0, int k1) {
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (c0 & 0xFFFFFFFFL);
            long product1 = MULTIPLIER_1 * (c2 & 0xFFFFFFFFL);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return switch (lane) {
            case 0 -> c0;
            case 1 -> c1;
            case 2 -> c2;
            default -> c3;
        };
    }
}
