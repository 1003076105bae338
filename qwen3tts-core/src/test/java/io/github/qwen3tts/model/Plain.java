package io.github.qwen3tts.model;

import io.github.qwen3tts.safetensors.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Layers as plain loops over {@code [channels][time]}, sums in double: what the graphs are compared with. */
final class Plain {

    private final Safetensors weights;

    Plain(Safetensors weights) {
        this.weights = weights;
    }

    float[] weight(String name) {
        try {
            return Safetensors.readFloats(weights.get(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Convolution of x, padded already. Weights [out, in, kernel] under {@code name}; its bias if there is one. */
    float[][] conv(String name, float[][] x, int stride, int dilation) {
        float[] w = weight(name + ".weight");
        float[] bias = weights.find(name + ".bias").isPresent() ? weight(name + ".bias") : null;
        int in = x.length;
        int out = Math.toIntExact(
                weights.find(name + ".weight").orElseThrow().shape().get(0));
        int kernel = w.length / in / out;
        int length = (x[0].length - dilation * (kernel - 1) - 1) / stride + 1;
        float[][] y = new float[out][length];
        for (int o = 0; o < out; o++) {
            for (int t = 0; t < length; t++) {
                double sum = bias == null ? 0 : bias[o];
                for (int i = 0; i < in; i++) {
                    for (int k = 0; k < kernel; k++) {
                        sum += (double) w[(o * in + i) * kernel + k] * x[i][t * stride + k * dilation];
                    }
                }
                y[o][t] = (float) sum;
            }
        }
        return y;
    }

    interface Padding {
        /** The index of x that stands at i, which is below 0 or at least length; -1 for a zero. */
        int source(int i, int length);
    }

    static final Padding ZERO = (i, length) -> -1;
    static final Padding EDGE = (i, length) -> i < 0 ? 0 : length - 1;
    static final Padding MIRROR = (i, length) -> i < 0 ? -i : 2 * (length - 1) - i;

    static float[][] pad(float[][] x, int left, int right, Padding padding) {
        int length = x[0].length;
        float[][] y = new float[x.length][left + length + right];
        for (int c = 0; c < x.length; c++) {
            for (int t = 0; t < y[c].length; t++) {
                int i = t - left;
                int source = i >= 0 && i < length ? i : padding.source(i, length);
                y[c][t] = source < 0 ? 0 : x[c][source];
            }
        }
        return y;
    }

    interface Function {
        double of(double x);
    }

    static float[][] each(float[][] x, Function f) {
        return Arrays.stream(x)
                .map(row -> {
                    float[] y = new float[row.length];
                    for (int i = 0; i < y.length; i++) {
                        y[i] = (float) f.of(row[i]);
                    }
                    return y;
                })
                .toArray(float[][]::new);
    }

    static float[][] plus(float[][] a, float[][] b) {
        float[][] sum = each(a, x -> x);
        for (int c = 0; c < a.length; c++) {
            for (int t = 0; t < a[c].length; t++) {
                sum[c][t] += b[c][t];
            }
        }
        return sum;
    }

    static float[][] transpose(float[][] x) {
        float[][] y = new float[x[0].length][x.length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[i].length; j++) {
                y[j][i] = x[i][j];
            }
        }
        return y;
    }

    static float[] flat(float[][] x) {
        float[] y = new float[x.length * x[0].length];
        for (int i = 0; i < x.length; i++) {
            System.arraycopy(x[i], 0, y, i * x[0].length, x[0].length);
        }
        return y;
    }

    static double[] softmax(float[] scores) {
        double max = Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            max = Math.max(max, score);
        }
        double[] p = new double[scores.length];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(scores[i] - max);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    static double elu(double x) {
        return x > 0 ? x : Math.exp(x) - 1;
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** By the integral of the normal density: Simpson's rule, good to 1e-9. */
    static double gelu(double x) {
        double step = x / 200;
        double area = 0;
        for (int i = 0; i < 200; i += 2) {
            area += density(i * step) + 4 * density((i + 1) * step) + density((i + 2) * step);
        }
        return x * (0.5 + area * step / 3);
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
