package io.github.qwen3tts.api;

/**
 * What a speech came to.
 *
 * @param reason       why it is over
 * @param seed         drew this speech; the same seed and request speak it again
 * @param frames       made, 80 ms each
 * @param audioSeconds delivered
 * @param ttfaMillis   from the call to the first samples readable by the caller; NaN if there were none
 * @param totalMillis  from the call to the last samples readable by the caller, waiting for a slow reader included
 * @param computeMillis the engine worked on this speech, its share where streams go together; decoding that a second thread
 *                      does meanwhile counts only as far as the engine waits for it
 * @param promptTokens positions of the prompt
 */
public record SynthesisStats(
        FinishReason reason,
        long seed,
        int frames,
        double audioSeconds,
        double ttfaMillis,
        double totalMillis,
        double computeMillis,
        int promptTokens) {

    /**
     * Real-time factor: compute seconds per second of audio. Below 1 is faster than real time.
     *
     * @return NaN if there is no audio
     */
    public double rtf() {
        return audioSeconds == 0 ? Double.NaN : computeMillis / 1000 / audioSeconds;
    }
}
