package io.github.qwen3tts.golden;

import java.util.Locale;

/** How far a tensor may be from the original model's: each bound is a few times what another fp32 build differs by. */
record Tolerance(double max, double rms) {

    /** Sums of table rows: only the order of additions differs. */
    static final Tolerance EMBEDDINGS = max(5e-6);

    /** A layer's output. */
    static final Tolerance LAYER = max(5e-5);

    /** Normed hidden states; a wrong epsilon shows in the mean square first. */
    static final Tolerance HIDDEN = new Tolerance(5e-5, 2e-6);

    /** Scores reach 20 in the golden models. */
    static final Tolerance TALKER_LOGITS = max(2e-4);

    /** Likewise, after fifteen more passes. */
    static final Tolerance PREDICTOR_LOGITS = max(5e-4);

    /** Audio in [-1, 1] against one un-chunked pass of the original. */
    static final Tolerance PCM = new Tolerance(2e-4, 5e-6);

    /** Audio in pieces against our own audio in one piece. */
    static final Tolerance PCM_PIECES = new Tolerance(1e-4, 3e-6);

    /** The logarithm magnifies what 32-bit spectra differ by near its floor. */
    static final Tolerance MEL = max(3e-3);

    /** Away from the floor. */
    static final Tolerance MEL_LOUD = max(5e-4);

    /** Before the logarithm. */
    static final Tolerance MEL_POWER = max(1e-5);

    /** A vector of about 1: means over a whole clip. */
    static final Tolerance SPEAKER_EMBEDDING = max(1e-5);

    /** What the code book is searched for. */
    static final Tolerance ENCODER_LATENTS = max(5e-5);

    /** Signal to difference between two good resamplers, away from the clip's ends. */
    static final double RESAMPLED_DECIBEL = 60;

    /** What is left of a tone that the lower rate cannot hold. */
    static final double ALIAS_DECIBEL = 80;

    /** Weights of about 0.01, computed in double and stored as floats. */
    static final Tolerance FILTERBANK = max(1e-8);

    /** Of tones and noise, away from silence. */
    static final Tolerance LOG_MEL = max(1e-4);

    /** Scores after a few 32-bit divisions, as parts of themselves. */
    static final Tolerance RELATIVE_SCORES = max(1e-5);

    /** A softmax in 32-bit floats against one in double. */
    static final Tolerance PROBABILITIES = max(1e-6);

    static Tolerance max(double max) {
        return new Tolerance(max, Double.POSITIVE_INFINITY);
    }

    @Override
    public String toString() {
        return Double.isInfinite(rms)
                ? String.format(Locale.ROOT, "%.0e", max)
                : String.format(Locale.ROOT, "%.0e, rms %.0e", max, rms);
    }
}
