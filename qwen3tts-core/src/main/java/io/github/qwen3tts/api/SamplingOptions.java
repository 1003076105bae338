package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;

/**
 * How the next code is drawn from logits. The talker and the code predictor each get their own.
 *
 * @param temperature logits are divided by it; finite, {@code >= 0}; 0 is greedy
 * @param topK        candidates kept, {@code >= 0}; 0 keeps all
 * @param topP        probability mass kept, in {@code (0, 1]}
 */
public record SamplingOptions(float temperature, int topK, float topP) {

    /** Always the code with the largest score, the lowest one on ties. */
    public static final SamplingOptions GREEDY = new SamplingOptions(0f, 0, 1f);

    public SamplingOptions {
        Check.argument(
                temperature >= 0 && Float.isFinite(temperature),
                "temperature must be finite and >= 0",
                "temperature",
                temperature);
        Check.argument(topK >= 0, "topK must be >= 0 (0 keeps all)", "topK", topK);
        Check.argument(topP > 0 && topP <= 1, "topP must be in (0, 1]", "topP", topP);
    }

    /**
     * Whether no randomness is involved.
     *
     * @return true if the temperature is 0
     */
    public boolean isGreedy() {
        return temperature == 0f;
    }

    /**
     * With another temperature.
     *
     * @param temperature finite, {@code >= 0}; 0 is greedy
     * @return the changed copy
     */
    public SamplingOptions withTemperature(float temperature) {
        return new SamplingOptions(temperature, topK, topP);
    }

    /**
     * With another number of candidates.
     *
     * @param topK {@code >= 0}; 0 keeps all
     * @return the changed copy
     */
    public SamplingOptions withTopK(int topK) {
        return new SamplingOptions(temperature, topK, topP);
    }

    /**
     * With another probability mass.
     *
     * @param topP in {@code (0, 1]}
     * @return the changed copy
     */
    public SamplingOptions withTopP(float topP) {
        return new SamplingOptions(temperature, topK, topP);
    }
}
