package io.github.qwen3tts.bench;

import java.util.Arrays;

/**
 * How some numbers are spread.
 *
 * @param count how many
 * @param mean  of all
 * @param min   the smallest
 * @param p5    nearest rank: at least 5 % are not larger
 * @param p50   the median, likewise
 * @param p95   likewise
 * @param max   the largest
 */
record Summary(int count, double mean, double min, double p5, double p50, double p95, double max) {

    static Summary of(double... numbers) {
        if (numbers.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        return new Summary(
                sorted.length,
                Arrays.stream(sorted).average().orElseThrow(),
                sorted[0],
                percentile(sorted, 5),
                percentile(sorted, 50),
                percentile(sorted, 95),
                sorted[sorted.length - 1]);
    }

    private static double percentile(double[] sorted, int percent) {
        return sorted[(sorted.length * percent + 99) / 100 - 1];
    }
}
