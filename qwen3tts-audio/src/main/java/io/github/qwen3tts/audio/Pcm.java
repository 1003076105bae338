package io.github.qwen3tts.audio;

import java.util.Objects;

/**
 * Audio samples with their rate. The array is shared, not copied: whoever hands it over stops writing to it.
 *
 * @param samples      interleaved samples, nominally in {@code [-1, 1]}; {@code samples.length % channels == 0}
 * @param channels     channel count, {@code >= 1}
 * @param sampleRateHz samples per second and channel, {@code >= 1}
 */
public record Pcm(float[] samples, int channels, int sampleRateHz) {

    public Pcm {
        Objects.requireNonNull(samples, "samples");
        if (channels < 1 || sampleRateHz < 1 || samples.length % channels != 0) {
            throw new IllegalArgumentException("samples must be whole frames at a positive rate: samples="
                    + samples.length + ", channels=" + channels + ", sampleRateHz=" + sampleRateHz);
        }
    }

    /**
     * One channel of audio.
     *
     * @param samples      the samples, nominally in {@code [-1, 1]}
     * @param sampleRateHz samples per second
     * @return the audio; shares {@code samples}
     */
    public static Pcm mono(float[] samples, int sampleRateHz) {
        return new Pcm(samples, 1, sampleRateHz);
    }

    /**
     * How long the audio is in samples of one channel.
     *
     * @return samples per channel
     */
    public int length() {
        return samples.length / channels;
    }

    /**
     * How long the audio is in time.
     *
     * @return the duration in seconds
     */
    public double seconds() {
        return (double) length() / sampleRateHz;
    }

    /**
     * The arithmetic mean of all channels.
     *
     * @return one channel; this very value if it has only one
     */
    public Pcm toMono() {
        if (channels == 1) {
            return this;
        }
        float[] mean = new float[length()];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (int channel = 0; channel < channels; channel++) {
                sum += samples[i * channels + channel];
            }
            mean[i] = (float) (sum / channels);
        }
        return mono(mean, sampleRateHz);
    }
}
