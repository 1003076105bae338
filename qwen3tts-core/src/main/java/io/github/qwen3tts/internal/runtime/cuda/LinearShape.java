package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Blocks and shared memory of the kernels built on {@code linear.cuh}.
 *
 * @param rowsAtOnce rows a block works on, which is part of the kernel's name
 * @param narrow     whether a block makes half as many outputs, so that there are twice as many of them
 */
record LinearShape(int rowsAtOnce, boolean narrow) {

    private static final int THREADS = 256;
    private static final int WARPS = THREADS / 32;

    /** Floats of all rows together that a block stages at a time. */
    private static final int STAGED = 16_384;

    /** With fewer blocks, part of a GPU would have nothing to do. */
    static final int ENOUGH_BLOCKS = 128;

    /** For the fewest of 1, 2, 4, 8 or 16 rows that take all of them in, or 16. */
    static LinearShape of(int rows, int outputs) {
        LinearShape wide = ofPairs(rows);
        boolean narrow = wide.blocksOfOutputs(outputs) * wide.blocksOfRows(rows) < ENOUGH_BLOCKS;
        return new LinearShape(wide.rowsAtOnce, narrow);
    }

    /** The same where two outputs have to be made by one warp. */
    static LinearShape ofPairs(int rows) {
        int atOnce = 1;
        while (atOnce < rows && atOnce < 16) {
            atOnce *= 2;
        }
        return new LinearShape(atOnce, false);
    }

    /** The end of the kernel's name. */
    String suffix() {
        return "_r" + rowsAtOnce + (narrow ? "_narrow" : "");
    }

    private int outputsPerWarp() {
        int outputs = rowsAtOnce >= 4 ? 4 : 2;
        return narrow ? outputs / 2 : outputs;
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
