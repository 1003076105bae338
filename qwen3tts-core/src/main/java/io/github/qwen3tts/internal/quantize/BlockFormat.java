package io.github.qwen3tts.internal.quantize;

/**
 * Symmetric integers in blocks along the input axis, each block with one 32-bit scale: {@code weight = scale * (q -
 * zero)}. Stored as ONNX Runtime's MatMulNBits reads them: {@code [rows, blocks, bytes]}, the first of two 4-bit values
 * in the low half of its byte.
 */
public enum BlockFormat {
    /** 8 bits, zero at 128. */
    INT8(8),
    /** 4 bits, zero at 8. */
    INT4(4);

    private static final int LARGE_BLOCK = 128;
    private static final int SMALL_BLOCK = 32;

    private final int bits;

    BlockFormat(int bits) {
        this.bits = bits;
    }

    /**
     * The width of a stored weight.
     *
     * @return 8 or 4
     */
    public int bits() {
        return bits;
    }

    /**
     * Weights that share a scale.
     *
     * @param columns of the matrix
     * @return 128, or 32 for matrices narrower than that
     */
    public int blockSize(int columns) {
        return columns >= LARGE_BLOCK ? LARGE_BLOCK : SMALL_BLOCK;
    }

    /**
     * Blocks in a row, the last one padded with zeros.
     *
     * @param columns of the matrix
     * @return the count
     */
    public int blocks(int columns) {
        int size = blockSize(columns);
        return (columns + size - 1) / size;
    }

    /**
     * Bytes of a stored block.
     *
     * @param columns of the matrix
     * @return the count
     */
    public int blockBytes(int columns) {
        return blockSize(columns) * bits / 8;
    }
}
