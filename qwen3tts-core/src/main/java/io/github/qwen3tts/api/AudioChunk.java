package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.util.Objects;

/**
 * Consecutive frames decoded and delivered together. The array of samples is the receiver's to keep and to change.
 *
 * @since 0.1.0
 */
public final class AudioChunk {

    private final float[] samples;
    private final int sampleRateHz;
    private final int firstFrame;
    private final int frames;

    private AudioChunk(float[] samples, int sampleRateHz, int firstFrame, int frames) {
        this.samples = Objects.requireNonNull(samples, "samples");
        this.sampleRateHz = sampleRateHz;
        this.firstFrame = firstFrame;
        this.frames = frames;
    }

    /**
     * Makes a chunk, for implementations of {@link SpeechSynthesizer} and tests.
     *
     * @param samples      mono, in {@code [-1, 1]}; shared, not copied
     * @param sampleRateHz {@code >= 1}
     * @param firstFrame   index of its first frame in the speech, {@code >= 0}
     * @param frames       how many, {@code >= 0}
     * @return the chunk
     * @throws InvalidRequestException if a number is out of range
     */
    public static AudioChunk of(float[] samples, int sampleRateHz, int firstFrame, int frames) {
        Check.argument(
                sampleRateHz >= 1 && firstFrame >= 0 && frames >= 0,
                "a chunk needs sampleRateHz >= 1, firstFrame >= 0 and frames >= 0",
                "sampleRateHz",
                sampleRateHz,
                "firstFrame",
                firstFrame,
                "frames",
                frames);
        return new AudioChunk(samples, sampleRateHz, firstFrame, frames);
    }

    /**
     * Returns the samples.
     *
     * @return mono, in {@code [-1, 1]}
     */
    public float[] samples() {
        return samples;
    }

    /**
     * Returns the sample rate.
     *
     * @return 24000 for the released codec
     */
    public int sampleRateHz() {
        return sampleRateHz;
    }

    /**
     * Returns the index of the first frame, counted from the start of the speech.
     *
     * @return {@code >= 0}
     */
    public int firstFrame() {
        return firstFrame;
    }

    /**
     * Returns the number of frames, 80 ms each.
     *
     * @return {@code >= 0}
     */
    public int frames() {
        return frames;
    }

    /**
     * Returns the duration.
     *
     * @return seconds
     */
    public double seconds() {
        return (double) samples.length / sampleRateHz;
    }

    @Override
    public String toString() {
        return "AudioChunk[firstFrame=" + firstFrame + ", frames=" + frames + ", samples=" + samples.length
                + ", sampleRateHz=" + sampleRateHz + "]";
    }
}
