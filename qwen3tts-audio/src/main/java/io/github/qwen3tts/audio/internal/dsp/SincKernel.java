package io.github.qwen3tts.audio.internal.dsp;

/**
 * The low-pass of {@link Resampler}, cut into one row of taps per fraction of an input sample. With {@code c} the lower
 * of the two Nyquist frequencies relative to the input's:
 *
 * <pre>h(t) = 0.957 c sinc(0.957 c t) kaiser(12, c t / 96)</pre>
 *
 * <p>Flat within 0.01 dB up to 0.92 of the lower Nyquist frequency, then -0.6 dB at 0.94, -2.8 at 0.95, -8.0 at 0.96,
 * -18 at 0.97, -34 at 0.98, -64 at 0.99 and below -110 dB from 1 on. That is soxr's "HQ" within a decibel where it can
 * be heard. Immutable.
 */
final class SincKernel {

    private static final int CROSSINGS = 96; // each side, counted at the lower Nyquist frequency
    private static final double BETA = 12;
    private static final double BESSEL_OF_BETA = besselI0(BETA);
    private static final double CUTOFF = 0.957;
    /** Rows per crossing from which on the error of a straight line between two of them is below -115 dB. */
    private static final int FINE_ROWS = 1024;

    private final double scale;
    private final int reach;
    private final float[][] rows; // [rows + 1][2 * reach]; the last is the first of the next sample

    /**
     * Computes the rows for one pair of rates.
     *
     * @param fromHz    rate of the input
     * @param toHz      rate of the output
     * @param fractions how many different fractions of an input sample an output sample can fall on
     */
    SincKernel(int fromHz, int toHz, int fractions) {
        scale = Math.min(1, (double) toHz / fromHz);
        reach = (int) Math.ceil(CROSSINGS / scale);
        int count = Math.min(fractions, (int) Math.ceil(FINE_ROWS * scale));
        rows = new float[count + 1][2 * reach];
        for (int r = 0; r <= count; r++) {
            double fraction = (double) r / count;
            for (int tap = 0; tap < 2 * reach; tap++) {
                rows[r][tap] = (float) at(tap - (reach - 1) - fraction);
            }
        }
    }

    /** Input samples used on each side: rows weigh {@code [position - reach + 1, position + reach]}. */
    int reach() {
        return reach;
    }

    /** How many rows divide one input sample. */
    int rows() {
        return rows.length - 1;
    }

    /**
     * The taps for one fraction.
     *
     * @param row {@code [0, rows()]}; it stands for the fraction {@code row / rows()}
     * @return {@code [2 * reach]}; read only
     */
    float[] row(int row) {
        return rows[row];
    }

    private double at(double t) {
        double x = t * scale / CROSSINGS;
        if (Math.abs(x) >= 1) {
            return 0;
        }
        double window = besselI0(BETA * Math.sqrt(1 - x * x)) / BESSEL_OF_BETA;
        double cutoff = CUTOFF * scale;
        double angle = Math.PI * cutoff * t;
        return angle == 0 ? cutoff : cutoff * window * Math.sin(angle) / angle;
    }

    /** The modified Bessel function of order 0: sum of (x/2)^2k / k!^2. */
    private static double besselI0(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > 1e-17 * sum; k++) {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
