package io.github.qwen3tts.api;

/** How the large matrices of a part are stored. Norms, rotations, softmax and sampling are 32-bit floats always. */
public enum WeightFormat {
    /** Whatever suits the part, the device and the memory. */
    AUTO,
    /** 32-bit floats: exact, for comparisons. */
    FP32,
    /** As published, 16-bit floats. On a CPU the arithmetic is that of 32-bit floats, and so is the memory. */
    BF16,
    /** 8-bit integers in blocks. */
    INT8,
    /** 4-bit integers in blocks: least memory, fastest on a CPU, audibly less exact. */
    INT4;

    /**
     * Whether weights are rounded to integers.
     *
     * @return true for {@link #INT8} and {@link #INT4}
     */
    public boolean isQuantized() {
        return this == INT8 || this == INT4;
    }
}
