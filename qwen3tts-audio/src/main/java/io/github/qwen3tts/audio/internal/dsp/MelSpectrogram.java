package io.github.qwen3tts.audio.internal.dsp;

/**
 * Log-mel spectra as the official model's speaker encoder reads them. The signal is mirrored by
 * {@code (fftSize - hop) / 2} samples at both ends, without repeating the end sample; every {@code hop} samples a
 * periodic Hann window of {@code fftSize} is transformed, not centred, and
 *
 * <pre>logMel[frame][m] = ln(max(1e-5, sum over bins of filter[m][bin] * sqrt(re^2 + im^2 + 1e-9)))</pre>
 *
 * <p>with librosa's default mel filters from 0 Hz to the Nyquist frequency. Immutable: any number of threads.
 */
public final class MelSpectrogram {

    private static final double POWER_FLOOR = 1e-9;
    private static final double MEL_FLOOR = 1e-5;

    private final int fftSize;
    private final int hop;
    private final int mels;
    private final double[] window; // [fftSize]
    private final MelFilterbank filters;

    /**
     * Prepares window and filters.
     *
     * @param sampleRateHz samples per second of the audio, {@code >= 1}
     * @param fftSize      samples per frame, a power of two
     * @param hop          samples from frame to frame, even, in {@code [2, fftSize]}
     * @param mels         values per frame, {@code >= 1}
     */
    public MelSpectrogram(int sampleRateHz, int fftSize, int hop, int mels) {
        if (sampleRateHz < 1 || mels < 1 || fftSize < 4 || Integer.bitCount(fftSize) != 1) {
            throw new IllegalArgumentException("mel spectra need a positive rate and count and a power of two: "
                    + "sampleRateHz=" + sampleRateHz + ", mels=" + mels + ", fftSize=" + fftSize);
        }
        if (hop < 2 || hop > fftSize || hop % 2 != 0) {
            throw new IllegalArgumentException(
                    "hop must be even and in [2, fftSize]: hop=" + hop + ", fftSize=" + fftSize);
        }
        this.fftSize = fftSize;
        this.hop = hop;
        this.mels = mels;
        this.window = new double[fftSize];
        for (int n = 0; n < fftSize; n++) {
            window[n] = 0.5 - 0.5 * Math.cos(2 * Math.PI * n / fftSize);
        }
        this.filters = new MelFilterbank(sampleRateHz, fftSize, mels);
    }

    /**
     * Values per frame.
     *
     * @return the number of mel filters
     */
    public int mels() {
        return mels;
    }

    /**
     * How many frames audio of a length has.
     *
     * @param samples its length
     * @return {@code samples / hop}, rounded down
     */
    public int frames(int samples) {
        return samples / hop;
    }

    /**
     * The shortest audio that can be mirrored at its ends.
     *
     * @return {@code (fftSize - hop) / 2 + 1} samples, but at least one frame's hop
     */
    public int minSamples() {
        return Math.max(hop, mirrored() + 1);
    }

    /**
     * The mel filters.
     *
     * @return a copy of the weights, {@code [mels][fftSize / 2 + 1]}
     */
    public float[][] filterbank() {
        return filters.weights();
    }

    /**
     * Computes the spectra of a whole clip.
     *
     * @param samples mono, nominally in {@code [-1, 1]}, at the rate given; at least {@link #minSamples()}; read only
     * @return {@code [frames(samples.length), mels]}, row by row
     */
    public float[] logMel(float[] samples) {
        if (samples.length < minSamples()) {
            throw new IllegalArgumentException("audio is too short for a mel spectrum: samples=" + samples.length
                    + ", minSamples=" + minSamples());
        }
        int frames = frames(samples.length);
        float[] logMel = new float[frames * mels];
        RealFft fft = new RealFft(fftSize);
        double[] windowed = new double[fftSize];
        double[] re = new double[fftSize / 2 + 1];
        double[] im = new double[re.length];
        for (int frame = 0; frame < frames; frame++) {
            int start = frame * hop - mirrored();
            for (int n = 0; n < fftSize; n++) {
                windowed[n] = window[n] * samples[mirror(start + n, samples.length)];
            }
            fft.transform(windowed, re, im);
            for (int bin = 0; bin < re.length; bin++) {
                re[bin] = Math.sqrt(re[bin] * re[bin] + im[bin] * im[bin] + POWER_FLOOR); // now the magnitude
            }
            for (int mel = 0; mel < mels; mel++) {
                logMel[frame * mels + mel] = (float) Math.log(Math.max(MEL_FLOOR, filters.apply(mel, re)));
            }
        }
        return logMel;
    }

    private int mirrored() {
        return (fftSize - hop) / 2;
    }

    private static int mirror(int i, int length) {
        return i < 0 ? -i : i < length ? i : 2 * (length - 1) - i;
    }
}
