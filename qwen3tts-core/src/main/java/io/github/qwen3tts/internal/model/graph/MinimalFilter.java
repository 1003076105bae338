package io.github.qwen3tts.internal.model.graph;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A way to filter with few products. {@code m} results of {@code r} taps, {@code y[i] = sum over k of w[k] x[i + k]}, are
 * {@code m r} products as they stand; here they are {@code n < m r}, each of a sum of taps and a sum of steps: {@code y =
 * results ((taps w) * (steps x))}. Where a tap is a matrix and a step a vector, the sums cost little.
 *
 * <p>S. Winograd, Arithmetic Complexity of Computations, 1980; A. Lavin and S. Gray, Fast Algorithms for Convolutional
 * Neural Networks, 2016.
 *
 * @param taps    {@code [n][r]}, G in the literature, which calls such a filter F(m, r)
 * @param steps   {@code [n][m + r - 1]}, B transposed
 * @param results {@code [m][n]}, A transposed
 */
record MinimalFilter(double[][] taps, double[][] steps, double[][] results) {

    int products() {
        return taps.length;
    }

    /**
     * The fewest products there can be, {@code m + r - 1}, after Toom and Cook. Polynomials with {@code m} and {@code r}
     * coefficients have a product with {@code n}, which follow from its values at {@code n} points; and those are the
     * products of the values of the two. A filter is the transpose of such a multiplication.
     *
     * @param taps   {@code r}
     * @param points where to evaluate, besides infinity. Rounding errors grow fast with their number; they are usually
     *               small where there are the negative and the inverse of each
     */
    static MinimalFilter toomCook(int taps, double... points) {
        int results = points.length + 2 - taps;
        return new MinimalFilter(powers(points, taps), interpolation(points), transposed(powers(points, results)));
    }

    /** [point][power]: values of the monomials; at infinity, only the highest counts. */
    private static double[][] powers(double[] points, int count) {
        double[][] powers = new double[points.length + 1][count];
        for (int p = 0; p < points.length; p++) {
            for (int i = 0; i < count; i++) {
                powers[p][i] = Math.pow(points[p], i);
            }
        }
        powers[points.length][count - 1] = 1;
        return powers;
    }

    /** [point][power]: the polynomial that is 1 at this point and 0 at all others, after Lagrange. */
    private static double[][] interpolation(double[] points) {
        int n = points.length + 1;
        double[][] polynomials = new double[n][n];
        for (int p = 0; p < n; p++) {
            double[] polynomial = polynomials[p];
            polynomial[0] = 1;
            for (int q = 0; q < points.length; q++) {
                if (q != p) {
                    double scale = p < points.length ? points[p] - points[q] : 1;
                    for (int i = n - 1; i >= 0; i--) { // times (z - points[q]) / scale
                        polynomial[i] = ((i > 0 ? polynomial[i - 1] : 0) - points[q] * polynomial[i]) / scale;
                    }
                }
            }
        }
        return polynomials;
    }

    /**
     * Filters blocks of taps by blocks of steps: each product of this one is a filter itself, as long as a block. Takes
     * more products than one filter of that length, and loses fewer digits.
     *
     * @param inner as many results as taps
     */
    MinimalFilter of(MinimalFilter inner) {
        int block = inner.results.length;
        if (inner.taps[0].length != block) {
            throw new IllegalArgumentException("inner filter must have as many results as taps: results=" + block
                    + ", taps=" + inner.taps[0].length);
        }
        int n = products() * inner.products();
        double[][] allTaps = new double[n][taps[0].length * block];
        double[][] allSteps = new double[n][(results.length + taps[0].length) * block - 1];
        double[][] allResults = new double[results.length * block][n];
        for (int p = 0; p < products(); p++) {
            for (int q = 0; q < inner.products(); q++) {
                int product = p * inner.products() + q;
                for (int k = 0; k < allTaps[0].length; k++) {
                    allTaps[product][k] = taps[p][k / block] * inner.taps[q][k % block];
                }
                for (int i = 0; i < steps[p].length; i++) {
                    for (int j = 0; j < inner.steps[q].length; j++) {
                        allSteps[product][i * block + j] += steps[p][i] * inner.steps[q][j];
                    }
                }
                for (int i = 0; i < allResults.length; i++) {
                    allResults[i][product] = results[i / block][p] * inner.results[i % block][q];
                }
            }
        }
        return new MinimalFilter(allTaps, allSteps, allResults);
    }

    /** Without the last tap, and without the products that only it needs. */
    MinimalFilter shortened() {
        int r = taps[0].length - 1;
        int[] needed = IntStream.range(0, products())
                .filter(p -> Arrays.stream(taps[p], 0, r).anyMatch(factor -> factor != 0))
                .toArray();
        return new MinimalFilter(
                Arrays.stream(needed).mapToObj(p -> Arrays.copyOf(taps[p], r)).toArray(double[][]::new),
                Arrays.stream(needed)
                        .mapToObj(p -> Arrays.copyOf(steps[p], steps[p].length - 1))
                        .toArray(double[][]::new),
                Arrays.stream(results)
                        .map(row ->
                                Arrays.stream(needed).mapToDouble(p -> row[p]).toArray())
                        .toArray(double[][]::new));
    }

    private static double[][] transposed(double[][] matrix) {
        double[][] transposed = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int k = 0; k < matrix[i].length; k++) {
                transposed[k][i] = matrix[i][k];
            }
        }
        return transposed;
    }
}
