package io.github.qwen3tts.internal.model.cuda;

/** Radians per position of each pair of dimensions. */
final class RotaryFrequencies {

    private RotaryFrequencies() {}

    /** {@code theta^(-2 j / headDim)} for every j below {@code headDim / 2}, rounded as the official model does. */
    static float[] of(int headDim, double theta) {
        float[] frequencies = new float[headDim / 2];
        for (int j = 0; j < frequencies.length; j++) {
            float exponent = (float) (2 * j) / headDim;
            frequencies[j] = 1 / (float) Math.pow(theta, exponent);
        }
        return frequencies;
    }
}
