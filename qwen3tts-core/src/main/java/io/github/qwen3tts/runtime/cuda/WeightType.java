package io.github.qwen3tts.runtime.cuda;

/** How the numbers of a weight matrix are stored on the device. Sums are fp32 whatever it is. */
public enum WeightType {
    /** As they are. */
    FP32(4, 4),
    /** Their upper 16 bits: exact for a checkpoint stored as bf16. */
    BF16(8, 8),
    /** Signed bytes with one scale per output. */
    INT8(16, 16),
    /** Nibbles for -8..7 with one scale per output and 128 inputs. */
    INT4(32, 128);

    /** Weights that one 16-byte load brings. */
    private final int perLoad;

    /** Rows are padded with zeros to a multiple of it. */
    private final int granularity;

    WeightType(int perLoad, int granularity) {
        this.perLoad = perLoad;
        this.granularity = granularity;
    }

    /**
     * 16-byte loads a row takes.
     *
     * @param inputs weights of the row
     * @return loads, padding included
     */
    public int loads(int inputs) {
        return (inputs + granularity - 1) / granularity * granularity / perLoad;
    }

    int perLoad() {
        return perLoad;
    }

    /**
     * Scales of a row.
     *
     * @param inputs weights of the row
     * @return how many; 0 where the numbers need none
     */
    public int scales(int inputs) {
        return switch (this) {
            case FP32, BF16 -> 0;
            case INT8 -> 1;
            case INT4 -> (inputs + granularity - 1) / granularity;
        };
    }

    /**
     * The ending of the kernels' names for it.
     *
     * @return {@code fp32}, {@code bf16}, {@code int8} or {@code int4}
     */
    String suffix() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
