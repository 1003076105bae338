package io.github.qwen3tts.internal.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;

/**
 * What the graphs compute, as loops anybody can check, with sums in double. Arrays are row-major; {@code [channels,
 * time]} for convolutions, {@code [rows, width]} for everything else.
 */
public final class Plain {

    /** 32-bit sums of at most a few hundred products of about 1, against the same in double. */
    public static final float TOLERANCE = 2e-5f;

    private Plain() {}

    /**
     * Compares what a graph computed with its twin.
     *
     * @param expected the twin's result
     * @param actual   the graph's result
     */
    public static void assertClose(float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], TOLERANCE * Math.max(1, Math.abs(expected[i])), "at " + i);
        }
    }

    /**
     * Numbers to compute with.
     *
     * @param seed  of the generator
     * @param count how many
     * @return values in {@code [-1, 1)}
     */
    public static float[] random(long seed, long count) {
        Random random = new Random(seed);
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    /**
     * Element by element.
     *
     * @param a left
     * @param b right, as many
     * @return the sum
     */
    public static float[] plus(float[] a, float[] b) {
        float[] sum = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    /**
     * Element by element.
     *
     * @param a left
     * @param b right, repeated until {@code a} ends
     * @return the product
     */
    public static float[] times(float[] a, float[] b) {
        float[] product = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            product[i] = a[i] * b[i % b.length];
        }
        return product;
    }

    /**
     * {@code w * x / sqrt(mean(x^2) + eps)} of every row.
     *
     * @param x   rows as wide as {@code w}
     * @param w   the weights
     * @param eps added to the mean square
     * @return the rows
     */
    public static float[] rmsNorm(float[] x, float[] w, double eps) {
        float[] y = new float[x.length];
        for (int row = 0; row < x.length; row += w.length) {
            double squares = 0;
            for (int i = 0; i < w.length; i++) {
                squares += (double) x[row + i] * x[row + i];
            }
            for (int i = 0; i < w.length; i++) {
                y[row + i] = (float) (w[i] * x[row + i] / Math.sqrt(squares / w.length + eps));
            }
        }
        return y;
    }

    /**
     * {@code w * (x - mean) / sqrt(variance + eps) + b} of every row.
     *
     * @param x   rows as wide as {@code w}
     * @param w   the weights
     * @param b   the bias
     * @param eps added to the variance
     * @return the rows
     */
    public static float[] layerNorm(float[] x, float[] w, float[] b, double eps) {
        float[] y = new float[x.length];
        for (int row = 0; row < x.length; row += w.length) {
            double mean = 0;
            for (int i = 0; i < w.length; i++) {
                mean += (double) x[row + i] / w.length;
            }
            double variance = 0;
            for (int i = 0; i < w.length; i++) {
                variance += Math.pow(x[row + i] - mean, 2) / w.length;
            }
            for (int i = 0; i < w.length; i++) {
                y[row + i] = (float) (w[i] * (x[row + i] - mean) / Math.sqrt(variance + eps) + b[i]);
            }
        }
        return y;
    }

    /**
     * {@code y = x * W^T + b}.
     *
     * @param x   rows of {@code in}
     * @param w   {@code [out, in]}
     * @param b   {@code [out]}, or null
     * @param in  columns of x
     * @param out columns of y
     * @return rows of {@code out}
     */
    public static float[] linear(float[] x, float[] w, float[] b, int in, int out) {
        int rows = x.length / in;
        float[] y = new float[rows * out];
        for (int row = 0; row < rows; row++) {
            for (int o = 0; o < out; o++) {
                double sum = b == null ? 0 : b[o];
                for (int i = 0; i < in; i++) {
                    sum += (double) x[row * in + i] * w[o * in + i];
                }
                y[row * out + o] = (float) sum;
            }
        }
        return y;
    }

    /**
     * Convolution over time, left-padded with zeros.
     *
     * @param x        {@code [in, time]}
     * @param w        {@code [out, in / groups, kernel]}
     * @param b        {@code [out]}, or null
     * @param in       channels of x
     * @param kernel   taps
     * @param padLeft  zeros in front
     * @param stride   steps per output
     * @param dilation steps between taps
     * @param groups   independent convolutions
     * @return {@code [out, (padLeft + time - dilation * (kernel - 1) - 1) / stride + 1]}
     */
    public static float[] conv(
            float[] x, float[] w, float[] b, int in, int kernel, int padLeft, int stride, int dilation, int groups) {
        int time = x.length / in;
        int perGroup = in / groups;
        int out = w.length / (perGroup * kernel);
        int steps = (padLeft + time - dilation * (kernel - 1) - 1) / stride + 1;
        float[] y = new float[out * steps];
        for (int o = 0; o < out; o++) {
            int firstIn = o / (out / groups) * perGroup;
            for (int t = 0; t < steps; t++) {
                double sum = b == null ? 0 : b[o];
                for (int i = 0; i < perGroup; i++) {
                    for (int k = 0; k < kernel; k++) {
                        int at = t * stride + k * dilation - padLeft;
                        sum += at < 0 ? 0 : (double) x[(firstIn + i) * time + at] * w[(o * perGroup + i) * kernel + k];
                    }
                }
                y[o * steps + t] = (float) sum;
            }
        }
        return y;
    }

    /**
     * Transposed convolution, its outputs after the last whole stride dropped.
     *
     * @param x      {@code [in, time]}
     * @param w      {@code [in, out, kernel]}
     * @param b      {@code [out]}
     * @param in     channels of x
     * @param kernel taps
     * @param stride outputs per input
     * @return {@code [out, time * stride]}
     */
    public static float[] convTranspose(float[] x, float[] w, float[] b, int in, int kernel, int stride) {
        int time = x.length / in;
        int out = w.length / (in * kernel);
        int steps = time * stride;
        double[] y = new double[out * steps];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                for (int t = 0; t < time; t++) {
                    for (int k = 0; k < kernel && t * stride + k < steps; k++) {
                        y[o * steps + t * stride + k] += (double) x[i * time + t] * w[(i * out + o) * kernel + k];
                    }
                }
            }
            for (int t = 0; t < steps; t++) {
                y[o * steps + t] += b[o];
            }
        }
        return toFloats(y);
    }

    /**
     * Turns dimension j of each head against dimension j + dim / 2 by the angle {@code position * theta^(-2 j / dim)}.
     *
     * @param x     {@code [time, heads, dim]}
     * @param heads per step
     * @param dim   of a head
     * @param first position of the first step
     * @param theta base of the frequencies
     * @return likewise
     */
    public static float[] rotary(float[] x, int heads, int dim, int first, double theta) {
        float[] y = new float[x.length];
        int half = dim / 2;
        for (int row = 0; row < x.length / dim; row++) {
            int position = first + row / heads;
            for (int j = 0; j < half; j++) {
                double angle = position * Math.pow(theta, -2.0 * j / dim);
                float a = x[row * dim + j];
                float b = x[row * dim + j + half];
                y[row * dim + j] = (float) (a * Math.cos(angle) - b * Math.sin(angle));
                y[row * dim + j + half] = (float) (b * Math.cos(angle) + a * Math.sin(angle));
            }
        }
        return y;
    }

    /**
     * Causal attention: query head a looks through key head {@code a / (heads / kvHeads)}.
     *
     * @param q       {@code [time, heads, dim]}
     * @param k       {@code [time, kvHeads, dim]}
     * @param v       likewise
     * @param heads   of queries
     * @param kvHeads of keys and values
     * @param dim     of a head
     * @param window  keys a query sees, its own included
     * @return {@code [time, heads, dim]}
     */
    public static float[] attention(float[] q, float[] k, float[] v, int heads, int kvHeads, int dim, int window) {
        int time = q.length / (heads * dim);
        double[] y = new double[q.length];
        for (int t = 0; t < time; t++) {
            for (int head = 0; head < heads; head++) {
                int kv = head / (heads / kvHeads);
                int from = Math.max(0, t - window + 1);
                double[] weights = new double[time];
                double total = 0;
                for (int s = from; s <= t; s++) {
                    double score = 0;
                    for (int i = 0; i < dim; i++) {
                        score += (double) q[(t * heads + head) * dim + i] * k[(s * kvHeads + kv) * dim + i];
                    }
                    weights[s] = Math.exp(score / Math.sqrt(dim));
                    total += weights[s];
                }
                for (int s = from; s <= t; s++) {
                    for (int i = 0; i < dim; i++) {
                        y[(t * heads + head) * dim + i] += weights[s] / total * v[(s * kvHeads + kv) * dim + i];
                    }
                }
            }
        }
        return toFloats(y);
    }

    /**
     * {@code down(silu(gate(x)) * up(x))}.
     *
     * @param x     rows of {@code width}
     * @param gate  {@code [inner, width]}
     * @param up    {@code [inner, width]}
     * @param down  {@code [width, inner]}
     * @param width of the rows
     * @return rows of {@code width}
     */
    public static float[] swiGlu(float[] x, float[] gate, float[] up, float[] down, int width) {
        int inner = gate.length / width;
        float[] gated = times(silu(linear(x, gate, null, width, inner)), linear(x, up, null, width, inner));
        return linear(gated, down, null, inner, width);
    }

    /**
     * {@code x + sin^2(e^alpha x) / (e^beta + 1e-9)} of every channel.
     *
     * @param x     {@code [channels, time]}
     * @param alpha {@code [channels]}
     * @param beta  {@code [channels]}
     * @return likewise
     */
    public static float[] snake(float[] x, float[] alpha, float[] beta) {
        float[] y = new float[x.length];
        int time = x.length / alpha.length;
        for (int i = 0; i < x.length; i++) {
            int c = i / time;
            y[i] = (float) (x[i] + Math.pow(Math.sin(Math.exp(alpha[c]) * x[i]), 2) / (Math.exp(beta[c]) + 1e-9));
        }
        return y;
    }

    /**
     * {@code x / (1 + e^-x)}.
     *
     * @param x any
     * @return as many
     */
    public static float[] silu(float[] x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) (x[i] / (1 + Math.exp(-x[i])));
        }
        return y;
    }

    /**
     * {@code 0.5 x (1 + erf(x / sqrt(2)))}.
     *
     * @param x in {@code [-4, 4]}, where the series of erf keeps its digits
     * @return as many
     */
    public static float[] gelu(float[] x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            double z = x[i] / Math.sqrt(2);
            double term = z;
            double erf = 0;
            for (int n = 0; n < 80; n++) {
                erf += term / (2 * n + 1);
                term *= -z * z / (n + 1);
            }
            y[i] = (float) (0.5 * x[i] * (1 + 2 / Math.sqrt(Math.PI) * erf));
        }
        return y;
    }

    /**
     * Rows become columns.
     *
     * @param x    {@code [rows, columns]}
     * @param rows of x
     * @return {@code [columns, rows]}
     */
    public static float[] transpose(float[] x, int rows) {
        int columns = x.length / rows;
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i % columns * rows + i / columns] = x[i];
        }
        return y;
    }

    private static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
