package io.github.qwen3tts.audio.internal.dsp;

/**
 * The discrete Fourier transform of real samples, {@code X[k] = sum x[n] e^(-2 pi i k n / size)}, for one power of two.
 * In double: a log-mel value near its floor magnifies the rounding of a float transform to 1e-3, and one transform
 * takes a few microseconds either way. Allocates nothing once built; one thread at a time.
 */
public final class RealFft {

    private final int half;
    private final double[] cos; // of 2 pi k / size, k in [0, half)
    private final double[] sin;
    private final int[] reversed;
    private final double[] re; // [half] even samples, then their and the odd ones' spectrum
    private final double[] im; // [half] odd samples

    /**
     * Prepares tables.
     *
     * @param size samples per transform: a power of two, {@code >= 2}
     */
    public RealFft(int size) {
        if (size < 2 || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("FFT size must be a power of two >= 2: size=" + size);
        }
        half = size / 2;
        cos = new double[half];
        sin = new double[half];
        reversed = new int[half];
        re = new double[half];
        im = new double[half];
        int unusedBits = Integer.numberOfLeadingZeros(half) + 1;
        for (int k = 0; k < half; k++) {
            cos[k] = Math.cos(2 * Math.PI * k / size);
            sin[k] = Math.sin(2 * Math.PI * k / size);
            reversed[k] = half == 1 ? 0 : Integer.reverse(k) >>> unusedBits;
        }
    }

    /**
     * Transforms one block.
     *
     * @param samples {@code [size]}, read only
     * @param outRe   {@code [size / 2 + 1]}, receives the real parts of bins 0 to size / 2
     * @param outIm   the same for the imaginary parts
     */
    public void transform(double[] samples, double[] outRe, double[] outIm) {
        for (int n = 0; n < half; n++) {
            re[reversed[n]] = samples[2 * n];
            im[reversed[n]] = samples[2 * n + 1];
        }
        butterflies();
        for (int k = 0; k <= half; k++) {
            int a = k == half ? 0 : k;
            int b = k == 0 ? 0 : half - k;
            double evenRe = (re[a] + re[b]) / 2;
            double evenIm = (im[a] - im[b]) / 2;
            double oddRe = (im[a] + im[b]) / 2;
            double oddIm = (re[b] - re[a]) / 2;
            double c = k == half ? -1 : cos[k];
            double s = k == half ? 0 : sin[k];
            outRe[k] = evenRe + oddRe * c + oddIm * s;
            outIm[k] = evenIm + oddIm * c - oddRe * s;
        }
    }

    /** Radix-2 decimation in time over the {@code half} complex values, already in bit-reversed order. */
    private void butterflies() {
        for (int width = 1; width < half; width *= 2) {
            int stride = half / width; // in tables made for twice as many points
            for (int start = 0; start < half; start += 2 * width) {
                for (int j = 0; j < width; j++) {
                    int p = start + j;
                    int q = p + width;
                    double c = cos[j * stride];
                    double s = sin[j * stride];
                    double tRe = re[q] * c + im[q] * s;
                    double tIm = im[q] * c - re[q] * s;
                    re[q] = re[p] - tRe;
                    im[q] = im[p] - tIm;
                    re[p] += tRe;
                    im[p] += tIm;
                }
            }
        }
    }
}
