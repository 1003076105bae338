package io.github.qwen3tts.internal.runtime.cuda;

import java.util.Locale;

/**
 * How the numbers of a weight matrix are stored on the device. Sums are fp32 whatever it is. The integer types are
 * symmetric, in blocks of 128 inputs (32 where a row has fewer than 128) with an fp32 scale each, as package quantize
 * makes them for every back end.
 */
public enum WeightType {
    /** As they are. */
    FP32(4),
    /** Their upper 16 bits: exact for a checkpoint stored as bf16. */
    BF16(8),
    /** Bytes with their zero at 128. */
    INT8(16),
    /** Nibbles with their zero at 8, the earlier input in the low one. */
    INT4(32);

    private static final int LARGE_BLOCK = 128;
    private static final int SMALL_BLOCK = 32;

    /** Weights that one 16-byte load brings. */
    private final int perLoad;

    WeightType(int perLoad) {
        this.perLoad = perLoad;
    }

    int perLoad() {
        return perLoad;
    }

    /**
     * Whether weights come in blocks with scales.
     *
     * @return true for the integer types
     */
    public boolean isQuantized() {
        return this == INT8 || this == INT4;
    }

    /**
     * 16-byte loads a row takes.
     *
     * @param inputs weights of the row
     * @return loads, padding included
     */
    public int loads(int inputs) {
        return isQuantized() ? blocks(inputs) * loadsPerBlock(inputs) : (inputs + perLoad - 1) / perLoad;
    }

    /**
     * Blocks of a row, each with a scale.
     *
     * @param inputs weights of the row
     * @return how many; 0 where the numbers need no scales
     */
    public int blocks(int inputs) {
        return isQuantized() ? (inputs + blockSize(inputs) - 1) / blockSize(inputs) : 0;
    }

    /**
     * 16-byte loads that share a scale.
     *
     * @param inputs weights of the row
     * @return how many; 1 where the numbers need no scales
     */
    int loadsPerBlock(int inputs) {
        return isQuantized() ? blockSize(inputs) / perLoad : 1;
    }

    /** The same as a power of two, which the kernels shift by. */
    int blockShift(int inputs) {
        return Integer.numberOfTrailingZeros(loadsPerBlock(inputs));
    }

    private static int blockSize(int inputs) {
        return inputs >= LARGE_BLOCK ? LARGE_BLOCK : SMALL_BLOCK;
    }

    /** The ending of the kernels' names for it. */
    String suffix() {
        return name().toLowerCase(Locale.ROOT);
    }
}
