package io.github.qwen3tts.api;

import java.util.Locale;
import java.util.Objects;

/**
 * Statistics of a speech that is over. Immutable.
 *
 * @since 0.1.0
 */
public final class SynthesisStats {

    private final FinishReason reason;
    private final long seed;
    private final int frames;
    private final double audioSeconds;
    private final double ttfaMillis;
    private final double totalMillis;
    private final double computeMillis;
    private final int promptTokens;

    private SynthesisStats(
            FinishReason reason,
            long seed,
            int frames,
            double audioSeconds,
            double ttfaMillis,
            double totalMillis,
            double computeMillis,
            int promptTokens) {
        this.reason = Objects.requireNonNull(reason, "reason");
        this.seed = seed;
        this.frames = frames;
        this.audioSeconds = audioSeconds;
        this.ttfaMillis = ttfaMillis;
        this.totalMillis = totalMillis;
        this.computeMillis = computeMillis;
        this.promptTokens = promptTokens;
    }

    /**
     * Makes statistics without times, for implementations of {@link SpeechSynthesizer} and tests.
     *
     * @param reason       why the speech is over
     * @param seed         it was drawn with
     * @param frames       of 80 ms
     * @param audioSeconds delivered
     * @return the statistics; times are NaN, the prompt has 0 tokens
     */
    public static SynthesisStats of(FinishReason reason, long seed, int frames, double audioSeconds) {
        return new SynthesisStats(reason, seed, frames, audioSeconds, Double.NaN, Double.NaN, Double.NaN, 0);
    }

    /**
     * Sets the times.
     *
     * @param ttfaMillis    see {@link #ttfaMillis}
     * @param totalMillis   see {@link #totalMillis}
     * @param computeMillis see {@link #computeMillis}
     * @return the changed copy
     */
    public SynthesisStats withTimes(double ttfaMillis, double totalMillis, double computeMillis) {
        return new SynthesisStats(
                reason, seed, frames, audioSeconds, ttfaMillis, totalMillis, computeMillis, promptTokens);
    }

    /**
     * Sets the length of the prompt.
     *
     * @param promptTokens positions
     * @return the changed copy
     */
    public SynthesisStats withPromptTokens(int promptTokens) {
        return new SynthesisStats(
                reason, seed, frames, audioSeconds, ttfaMillis, totalMillis, computeMillis, promptTokens);
    }

    /**
     * Returns why the speech is over.
     *
     * @return the reason
     */
    public FinishReason reason() {
        return reason;
    }

    /**
     * Returns the seed that drew this speech. The same seed and request give the same codes on any machine with the same
     * precision, up to ties of floating-point numbers, and the same samples for the same chunks on the same machine.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * Returns the number of frames.
     *
     * @return frames of 80 ms
     */
    public int frames() {
        return frames;
    }

    /**
     * Returns the length of the audio that was delivered.
     *
     * @return seconds
     */
    public double audioSeconds() {
        return audioSeconds;
    }

    /**
     * Returns the time to first audio: from the call to the first samples readable by the caller.
     *
     * @return milliseconds; NaN if there were none
     */
    public double ttfaMillis() {
        return ttfaMillis;
    }

    /**
     * Returns the time from the call to the last samples readable by the caller, waiting for a slow reader included.
     *
     * @return milliseconds
     */
    public double totalMillis() {
        return totalMillis;
    }

    /**
     * Returns the time the engine worked on this speech, its share where streams are stepped together. Decoding that a
     * second thread does meanwhile counts only as far as the engine waits for it.
     *
     * @return milliseconds
     */
    public double computeMillis() {
        return computeMillis;
    }

    /**
     * Returns the length of the prompt.
     *
     * @return positions
     */
    public int promptTokens() {
        return promptTokens;
    }

    /**
     * Returns the real-time factor: compute seconds per second of audio. Below 1 is faster than real time.
     *
     * @return NaN if there is no audio
     */
    public double rtf() {
        return audioSeconds == 0 ? Double.NaN : computeMillis / 1000 / audioSeconds;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SynthesisStats that
                && reason == that.reason
                && seed == that.seed
                && frames == that.frames
                && Double.compare(audioSeconds, that.audioSeconds) == 0
                && Double.compare(ttfaMillis, that.ttfaMillis) == 0
                && Double.compare(totalMillis, that.totalMillis) == 0
                && Double.compare(computeMillis, that.computeMillis) == 0
                && promptTokens == that.promptTokens;
    }

    @Override
    public int hashCode() {
        return Objects.hash(reason, seed, frames, audioSeconds, ttfaMillis, totalMillis, computeMillis, promptTokens);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, %d frames, %.2f s of audio, RTF %.2f, TTFA %.0f ms, %d prompt tokens, seed %d",
                reason,
                frames,
                audioSeconds,
                rtf(),
                ttfaMillis,
                promptTokens,
                seed);
    }
}
