package io.github.qwen3tts.hearing;

import java.util.Locale;

/**
 * Outcome of one check of a recording's sound. The bounds hold for the demo voice: they leave room around what was
 * measured of its 40 held-out sentences, spoken in fp32, int8 and int4 by three seeds, and of its teacher. Another voice
 * has another level and other consonants: there, the values count.
 */
public sealed interface SoundVerdict {

    /**
     * Tells whether the recording passes.
     *
     * @return whether all values are within their bounds
     */
    boolean passed();

    /**
     * Says what was measured, and against which bounds.
     *
     * @return a sentence
     */
    String sentence();

    private static String say(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /**
     * How loud the recording is.
     *
     * @param rms root mean square of all samples, 1 is full scale
     */
    record Level(double rms) implements SoundVerdict {
        /** The smallest rms of good speech; measured 0.137 to 0.209, so this is 9 dB below. */
        public static final double MIN_RMS = 0.05;

        /** The largest rms of good speech, 6 dB above the measured ones. */
        public static final double MAX_RMS = 0.4;

        @Override
        public boolean passed() {
            return rms >= MIN_RMS && rms <= MAX_RMS;
        }

        @Override
        public String sentence() {
            return say("level: rms=%.4f, bounds=%.2f to %.2f", rms, MIN_RMS, MAX_RMS);
        }
    }

    /**
     * How far the samples are off zero on average.
     *
     * @param meanToRms magnitude of the mean, divided by the rms; NaN for digital silence
     */
    record Offset(double meanToRms) implements SoundVerdict {
        /** The largest offset of good speech; measured 0.004 to 0.0064. */
        public static final double MAX_MEAN_TO_RMS = 0.02;

        @Override
        public boolean passed() {
            return meanToRms <= MAX_MEAN_TO_RMS;
        }

        @Override
        public String sentence() {
            return say("DC offset: |mean|/rms=%.4f, bound=%.2f", meanToRms, MAX_MEAN_TO_RMS);
        }
    }

    /**
     * How much of the energy lies above 8 kHz, where the recogniser hears nothing.
     *
     * @param share of the energy, in {@code [0, 1]}; NaN for digital silence
     */
    record Treble(double share) implements SoundVerdict {
        /**
         * The largest share of good speech. Measured up to 0.00003, as the teacher has nothing above 8 kHz. Noise there is
         * heard from about 30 dB below speech on, which is this bound.
         */
        public static final double MAX_SHARE = 0.001;

        @Override
        public boolean passed() {
            return share <= MAX_SHARE;
        }

        @Override
        public String sentence() {
            return say("energy above 8 kHz: share=%.5f, bound=%.3f", share, MAX_SHARE);
        }
    }

    /**
     * How much of the recording is a tone.
     *
     * @param peakShare   share of the energy in the strongest 70 Hz of each 43 ms, which finds tones that are louder than
     *                    the speech; NaN for digital silence
     * @param steadyShare energy that the strongest 70 Hz above 500 Hz have in four fifths of all frames, as a share of all
     *                    energy, which finds quiet tones that never end; NaN for digital silence
     */
    record Tonality(double peakShare, double steadyShare) implements SoundVerdict {
        /** The largest peak share of good speech; measured 0.53 to 0.88. A pure tone has more than 0.99. */
        public static final double MAX_PEAK_SHARE = 0.95;

        /** The largest steady share of good speech; measured up to 0.0008. A tone 25 dB below the speech has 0.003. */
        public static final double MAX_STEADY_SHARE = 0.003;

        @Override
        public boolean passed() {
            return peakShare <= MAX_PEAK_SHARE && steadyShare <= MAX_STEADY_SHARE;
        }

        @Override
        public String sentence() {
            return say(
                    "tone: peak share=%.4f, bound=%.2f; steady share=%.5f, bound=%.3f",
                    peakShare, MAX_PEAK_SHARE, steadyShare, MAX_STEADY_SHARE);
        }
    }

    /**
     * How much of the recording is silent.
     *
     * @param share          share of 20 ms frames 40 dB or more below the recording's rms, in {@code [0, 1]}
     * @param longestSeconds the longest run of such frames, in seconds
     */
    record Silence(double share, double longestSeconds) implements SoundVerdict {
        /** The largest share in good speech; measured up to 0.21 (teacher) and 0.12 (demo voice). */
        public static final double MAX_SHARE = 0.4;

        /** The longest silence in good speech, in seconds; measured up to 0.24 in a sentence, and pauses divide sentences. */
        public static final double MAX_SECONDS = 1.0;

        @Override
        public boolean passed() {
            return share <= MAX_SHARE && longestSeconds <= MAX_SECONDS;
        }

        @Override
        public String sentence() {
            return say(
                    "silence: share=%.3f, bound=%.2f; longest=%.2f s, bound=%.1f s",
                    share, MAX_SHARE, longestSeconds, MAX_SECONDS);
        }
    }
}
