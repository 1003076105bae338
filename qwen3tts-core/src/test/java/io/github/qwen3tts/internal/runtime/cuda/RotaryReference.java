package io.github.qwen3tts.internal.runtime.cuda;

/** Rotary embedding in plain loops. */
final class RotaryReference {

    private RotaryReference() {}

    /** Radians per position of each pair of dimensions. */
    static float[] frequencies(int dim, double theta) {
        float[] frequencies = new float[dim / 2];
        for (int j = 0; j < frequencies.length; j++) {
            frequencies[j] = (float) Math.pow(theta, -2.0 * j / dim);
        }
        return frequencies;
    }

    /** Turns dimension j with {@code j + dim / 2}, in place. */
    static void rotate(float[] x, int at, int dim, float[] frequencies, int position) {
        for (int j = 0; j < dim / 2; j++) {
            double angle = position * frequencies[j];
            float a = x[at + j];
            float b = x[at + j + dim / 2];
            x[at + j] = (float) (a * Math.cos(angle) - b * Math.sin(angle));
            x[at + j + dim / 2] = (float) (b * Math.cos(angle) + a * Math.sin(angle));
        }
    }
}
