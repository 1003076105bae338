package io.github.qwen3tts.api;

/**
 * Consecutive frames decoded and delivered together. The array is the receiver's.
 *
 * @param samples      mono, in {@code [-1, 1]}
 * @param sampleRateHz 24000 for the released codec
 * @param firstFrame   of the chunk, counted from the start of the speech
 * @param frames       how many
 */
public record AudioChunk(float[] samples, int sampleRateHz, int firstFrame, int frames) {

    /**
     * How long the chunk sounds.
     *
     * @return seconds
     */
    public double seconds() {
        return (double) samples.length / sampleRateHz;
    }
}
