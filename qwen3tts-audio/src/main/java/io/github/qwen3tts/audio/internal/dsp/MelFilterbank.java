package io.github.qwen3tts.audio.internal.dsp;

import java.util.Arrays;

/**
 * Triangular filters equally spaced on Slaney's mel scale from 0 Hz to the Nyquist frequency, each with the area
 * Slaney gives it: librosa's defaults. Immutable.
 */
final class MelFilterbank {

    private static final double HZ_PER_MEL = 200.0 / 3;
    private static final double LOG_FROM_HZ = 1000;
    private static final double LOG_FROM_MEL = LOG_FROM_HZ / HZ_PER_MEL;
    private static final double MELS_PER_E = 27 / Math.log(6.4);

    private final float[][] weights; // [mels][bins]
    private final int[] firstBin; // weights outside [firstBin, endBin) are 0
    private final int[] endBin;

    /**
     * Computes the weights in double and keeps them as floats.
     *
     * @param sampleRateHz samples per second
     * @param fftSize      samples per spectrum
     * @param mels         how many filters
     */
    MelFilterbank(int sampleRateHz, int fftSize, int mels) {
        int bins = fftSize / 2 + 1;
        double[] corners = new double[mels + 2]; // in Hz; filter m rises from m to m + 1 and falls to m + 2
        double top = melOf(sampleRateHz / 2.0);
        for (int m = 0; m < corners.length; m++) {
            corners[m] = hzOf(top * m / (mels + 1));
        }
        weights = new float[mels][bins];
        firstBin = new int[mels];
        endBin = new int[mels];
        for (int m = 0; m < mels; m++) {
            double area = 2 / (corners[m + 2] - corners[m]);
            for (int bin = 0; bin < bins; bin++) {
                double hz = (double) bin * sampleRateHz / fftSize;
                double rise = (hz - corners[m]) / (corners[m + 1] - corners[m]);
                double fall = (corners[m + 2] - hz) / (corners[m + 2] - corners[m + 1]);
                double weight = Math.min(rise, fall) * area;
                if (weight > 0) {
                    weights[m][bin] = (float) weight;
                    firstBin[m] = endBin[m] == 0 ? bin : firstBin[m];
                    endBin[m] = bin + 1;
                }
            }
        }
    }

    /** Sum over bins of weight times {@code magnitudes}, for one filter. */
    double apply(int mel, double[] magnitudes) {
        float[] row = weights[mel];
        double sum = 0;
        for (int bin = firstBin[mel]; bin < endBin[mel]; bin++) {
            sum += row[bin] * magnitudes[bin];
        }
        return sum;
    }

    /** A copy of the weights, {@code [mels][bins]}. */
    float[][] weights() {
        return Arrays.stream(weights).map(float[]::clone).toArray(float[][]::new);
    }

    private static double melOf(double hz) {
        return hz < LOG_FROM_HZ ? hz / HZ_PER_MEL : LOG_FROM_MEL + MELS_PER_E * Math.log(hz / LOG_FROM_HZ);
    }

    private static double hzOf(double mel) {
        return mel < LOG_FROM_MEL ? mel * HZ_PER_MEL : LOG_FROM_HZ * Math.exp((mel - LOG_FROM_MEL) / MELS_PER_E);
    }
}
