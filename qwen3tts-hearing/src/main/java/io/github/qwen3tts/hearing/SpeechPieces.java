package io.github.qwen3tts.hearing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts long 16 kHz speech into pieces of 5 to 10 seconds, each cut where a tenth of a second is quietest. */
final class SpeechPieces {

    private static final int MIN_SAMPLES = 5 * SpeechRecognizer.SAMPLE_RATE_HZ;
    private static final int MAX_SAMPLES = 10 * SpeechRecognizer.SAMPLE_RATE_HZ;
    private static final int WINDOW = SpeechRecognizer.SAMPLE_RATE_HZ / 10;
    private static final int STEP = WINDOW / 10;

    private SpeechPieces() {}

    static List<float[]> of(float[] samples) {
        List<float[]> pieces = new ArrayList<>();
        int start = 0;
        while (samples.length - start > MAX_SAMPLES) {
            int cut = quietest(samples, start + MIN_SAMPLES, start + MAX_SAMPLES);
            pieces.add(Arrays.copyOfRange(samples, start, cut));
            start = cut;
        }
        if (start < samples.length) {
            pieces.add(Arrays.copyOfRange(samples, start, samples.length));
        }
        return pieces;
    }

    /** The middle of the window with the least energy. */
    private static int quietest(float[] samples, int from, int to) {
        int best = from;
        double least = Double.POSITIVE_INFINITY;
        for (int at = from; at + WINDOW <= to; at += STEP) {
            double energy = 0;
            for (int i = at; i < at + WINDOW; i++) {
                energy += samples[i] * samples[i];
            }
            if (energy < least) {
                least = energy;
                best = at + WINDOW / 2;
            }
        }
        return best;
    }
}
