package io.github.qwen3tts.internal.runtime.cuda;

/** Layers in plain loops, sums in double. */
final class LinearReference {

    private LinearReference() {}

    /** {@code x * rsqrt(mean(x^2) + eps) * norm}, row by row. */
    static float[] rmsNorm(float[] x, float[] norm, float eps) {
        int width = norm.length;
        float[] y = new float[x.length];
        for (int row = 0; row < x.length / width; row++) {
            double squares = 0;
            for (int i = 0; i < width; i++) {
                squares += (double) x[row * width + i] * x[row * width + i];
            }
            for (int i = 0; i < width; i++) {
                y[row * width + i] = (float) (x[row * width + i] / Math.sqrt(squares / width + eps) * norm[i]);
            }
        }
        return y;
    }

    /** {@code W * x + bias}, row by row. */
    static float[] linear(float[] x, float[] weights, float[] bias, int outputs) {
        int inputs = weights.length / outputs;
        float[] y = new float[x.length / inputs * outputs];
        for (int row = 0; row < x.length / inputs; row++) {
            for (int o = 0; o < outputs; o++) {
                double sum = bias == null ? 0 : bias[o];
                for (int i = 0; i < inputs; i++) {
                    sum += (double) weights[o * inputs + i] * x[row * inputs + i];
                }
                y[row * outputs + o] = (float) sum;
            }
        }
        return y;
    }

    static float silu(float x) {
        return (float) (x / (1 + Math.exp(-x)));
    }

    /** The exact form; the error function as a sum of its Taylor series, which converges for the small x used here. */
    static float gelu(float x) {
        double z = x / Math.sqrt(2);
        double term = z;
        double sum = z;
        for (int n = 1; n < 200; n++) {
            term *= -z * z / n;
            sum += term / (2 * n + 1);
        }
        return (float) (0.5 * x * (1 + 2 / Math.sqrt(Math.PI) * sum));
    }

    /** Each value by itself, in place; a gate is {@link #gated}. */
    static float[] activated(float[] y, Activation activation) {
        for (int i = 0; i < y.length; i++) {
            y[i] = switch (activation) {
                case NONE -> y[i];
                case SILU -> silu(y[i]);
                case GELU -> gelu(y[i]);
                case GATE -> throw new IllegalArgumentException("changes the number of results");
            };
        }
        return y;
    }

    /** {@code silu(gate) * up} of rows {@code [gate | up]}. */
    static float[] gated(float[] y, int inputs) {
        float[] gated = new float[y.length / 2];
        for (int i = 0; i < gated.length; i++) {
            int row = i / inputs * 2 * inputs;
            gated[i] = silu(y[row + i % inputs]) * y[row + inputs + i % inputs];
        }
        return gated;
    }
}
