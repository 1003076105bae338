package io.github.qwen3tts.internal.sample;

import io.github.qwen3tts.api.SamplingOptions;

/**
 * How the next code is drawn from logits. The talker and the code predictor each get their own.
 *
 * @param temperature logits are divided by it; finite, {@code >= 0}; 0 is greedy
 * @param topK        candidates kept, {@code >= 0}; 0 keeps all
 * @param topP        probability mass kept, in {@code (0, 1]}
 */
public record Sampling(float temperature, int topK, float topP) {

    /** Always the code with the largest score, the lowest one on ties. */
    public static final Sampling GREEDY = new Sampling(0f, 0, 1f);

    public Sampling {
        SamplingOptions.MODEL_DEFAULT.temperature(temperature).topK(topK).topP(topP); // refuses what is out of range
    }

    /**
     * Whether no randomness is involved.
     *
     * @return true if the temperature is 0
     */
    public boolean isGreedy() {
        return temperature == 0f;
    }
}
