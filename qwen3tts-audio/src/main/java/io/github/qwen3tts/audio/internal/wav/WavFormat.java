package io.github.qwen3tts.audio.internal.wav;

import java.util.Objects;

/**
 * What a {@link WavWriter} writes.
 *
 * @param sampleRateHz samples per second and channel, {@code >= 1}
 * @param channels     interleaved channels; {@code >= 1}, and one frame of them takes at most 65535 bytes
 * @param encoding     how a sample is stored
 */
public record WavFormat(int sampleRateHz, int channels, WavEncoding encoding) {

    private static final int MAX_FRAME_BYTES = 0xffff;

    public WavFormat {
        Objects.requireNonNull(encoding, "encoding");
        if (sampleRateHz < 1 || channels < 1 || channels > MAX_FRAME_BYTES / encoding.bytes()) {
            throw new IllegalArgumentException("WAV needs a positive rate and frames of at most " + MAX_FRAME_BYTES
                    + " bytes: sampleRateHz=" + sampleRateHz + ", channels=" + channels + ", encoding=" + encoding);
        }
    }

    /**
     * Mono 16-bit integers.
     *
     * @param sampleRateHz samples per second, {@code >= 1}
     * @return the format
     */
    public static WavFormat pcm16(int sampleRateHz) {
        return new WavFormat(sampleRateHz, 1, WavEncoding.PCM16);
    }

    /**
     * Mono 32-bit floats.
     *
     * @param sampleRateHz samples per second, {@code >= 1}
     * @return the format
     */
    public static WavFormat float32(int sampleRateHz) {
        return new WavFormat(sampleRateHz, 1, WavEncoding.FLOAT32);
    }

    int frameBytes() {
        return channels * encoding.bytes();
    }
}
