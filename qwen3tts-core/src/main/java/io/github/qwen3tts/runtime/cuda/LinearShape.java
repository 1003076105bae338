package io.github.qwen3tts.runtime.cuda;

/**
 * Blocks and shared memory of the kernels built on {@code linear.cuh}.
 *
 * @param rowsAtOnce rows a block works on, which is part of the kernel's name
 */
record LinearShape(int rowsAtOnce) {

    private static final int THREADS = 256;
    private static final int WARPS = THREADS / 32;

    /** Floats of all rows together that a block stages at a time. */
    private static final int STAGED = 16_384;

    /** The fewest of 1, 2, 4, 8 or 16 rows that take all of them in, or 16. */
    static LinearShape forRows(int rows) {
        int atOnce = 1;
        while (atOnce < rows && atOnce < 16) {
            atOnce *= 2;
        }
        return new LinearShape(atOnce);
    }

    private int outputsPerWarp() {
        return rowsAtOnce >= 4 ? 4 : 2;
    }

    int blocksOfOutputs(int outputs) {
        return divideUp(outputs, WARPS * outputsPerWarp());
    }

    int blocksOfRows(int rows) {
        return divideUp(rows, rowsAtOnce);
    }

    int threads() {
        return THREADS;
    }

    /** What staging needs. */
    int sharedBytes(WeightType type, int loads) {
        int chunk = Math.min(loads, STAGED / rowsAtOnce / type.perLoad());
        return rowsAtOnce * chunk * type.perLoad() * Float.BYTES;
    }

    /** What the norm needs on top: a partial sum per row and warp, a factor per row. */
    int normBytes() {
        return rowsAtOnce * (WARPS + 1) * Float.BYTES;
    }

    static int divideUp(int value, int by) {
        return (value + by - 1) / by;
    }
}
