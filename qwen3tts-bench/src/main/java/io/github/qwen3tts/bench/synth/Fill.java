package io.github.qwen3tts.bench.synth;

/**
 * How the elements of a tensor are spread: near a normal distribution, but never beyond 3.5 deviations.
 *
 * @param mean      of all elements
 * @param deviation of all elements
 * @param rowFrom   index of the first element of a row whose mean is another
 * @param rowTo     index after its last element; {@code rowFrom} if there is no such row
 * @param rowMean   of that row
 */
record Fill(double mean, double deviation, long rowFrom, long rowTo, double rowMean) {

    static Fill normal(double deviation) {
        return around(0, deviation);
    }

    static Fill around(double mean, double deviation) {
        return new Fill(mean, deviation, 0, 0, mean);
    }

    /** Zero mean, except for one row of {@code width} elements. */
    static Fill normalWithRow(double deviation, int row, int width, double rowMean) {
        return new Fill(0, deviation, (long) row * width, (row + 1L) * width, rowMean);
    }
}
