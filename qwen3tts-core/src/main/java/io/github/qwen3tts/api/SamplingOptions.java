package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Changes how codes are drawn from the model's scores. Options are partial: what is not set stays as the checkpoint has
 * it. The talker draws code group 0 of each frame; the code predictor draws the other groups. Immutable.
 *
 * <pre>{@code
 * SynthesisRequest calm = request.withSampling(s -> s.temperature(0.7f));
 * }</pre>
 *
 * @since 0.1.0
 */
public final class SamplingOptions {

    /** Changes nothing: the checkpoint's own options. */
    public static final SamplingOptions MODEL_DEFAULT = new SamplingOptions(new Values());

    /** Null where nothing is set; written only before it is published. */
    private static final class Values implements Cloneable {
        private @Nullable Float temperature;
        private @Nullable Integer topK;
        private @Nullable Float topP;
        private @Nullable Float repetitionPenalty;
        private @Nullable Float predictorTemperature;
        private @Nullable Integer predictorTopK;
        private @Nullable Float predictorTopP;

        private Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }

        private @Nullable Object[] all() {
            return new @Nullable Object[] {
                temperature, topK, topP, repetitionPenalty, predictorTemperature, predictorTopK, predictorTopP
            };
        }
    }

    private final Values values;

    private SamplingOptions(Values values) {
        this.values = values;
    }

    /**
     * Sets the temperature of the talker.
     *
     * @param temperature scores are divided by it; finite, {@code >= 0}; 0 always takes the code with the largest score
     * @return the changed copy
     * @throws InvalidRequestException if the value is out of range
     */
    public SamplingOptions temperature(float temperature) {
        Values changed = values.copy();
        changed.temperature = checkTemperature(temperature);
        return new SamplingOptions(changed);
    }

    /**
     * Sets how many candidates the talker keeps.
     *
     * @param topK {@code >= 0}; 0 keeps all
     * @return the changed copy
     * @throws InvalidRequestException if the value is out of range
     */
    public SamplingOptions topK(int topK) {
        Values changed = values.copy();
        changed.topK = checkTopK(topK);
        return new SamplingOptions(changed);
    }

    /**
     * Sets the probability mass the talker keeps.
     *
     * @param topP in {@code (0, 1]}
     * @return the changed copy
     * @throws InvalidRequestException if the value is out of range
     */
    public SamplingOptions topP(float topP) {
        Values changed = values.copy();
        changed.topP = checkTopP(topP);
        return new SamplingOptions(changed);
    }

    /**
     * Sets the penalty of codes the talker has drawn before: it divides positive and multiplies negative scores.
     *
     * @param repetitionPenalty finite, {@code > 0}; 1 is none
     * @return the changed copy
     * @throws InvalidRequestException if the value is out of range
     */
    public SamplingOptions repetitionPenalty(float repetitionPenalty) {
        Check.argument(
                repetitionPenalty > 0 && Float.isFinite(repetitionPenalty),
                "repetitionPenalty must be finite and > 0 (1 is none)",
                "repetitionPenalty",
                repetitionPenalty);
        Values changed = values.copy();
        changed.repetitionPenalty = repetitionPenalty;
        return new SamplingOptions(changed);
    }

    /**
     * Sets the temperature of the code predictor.
     *
     * @param temperature as for the talker
     * @return the changed copy
     * @throws InvalidRequestException if the value is out of range
     */
    public SamplingOptions predictorTemperature(float temperature) {
        Values changed = values.copy();
        changed.predictorTemperature = checkTemperature(temperature);
        return new SamplingOptions(changed);
    }

    /**
     * Sets how many candidates the code predictor keeps.
     *
     * @param topK {@code >= 0}; 0 keeps all
     * @return the changed copy
     * @throws InvalidRequestException if the value is out of range
     */
    public SamplingOptions predictorTopK(int topK) {
        Values changed = values.copy();
        changed.predictorTopK = checkTopK(topK);
        return new SamplingOptions(changed);
    }

    /**
     * Sets the probability mass the code predictor keeps.
     *
     * @param topP in {@code (0, 1]}
     * @return the changed copy
     * @throws InvalidRequestException if the value is out of range
     */
    public SamplingOptions predictorTopP(float topP) {
        Values changed = values.copy();
        changed.predictorTopP = checkTopP(topP);
        return new SamplingOptions(changed);
    }

    /**
     * Removes randomness: talker and code predictor take the code with the largest score, the lowest one on ties. The
     * repetition penalty stays.
     *
     * @return the changed copy
     */
    public SamplingOptions greedy() {
        return temperature(0)
                .topK(0)
                .topP(1)
                .predictorTemperature(0)
                .predictorTopK(0)
                .predictorTopP(1);
    }

    /**
     * Returns the temperature of the talker.
     *
     * @return empty for the checkpoint's own
     */
    public Optional<Float> temperature() {
        return Optional.ofNullable(values.temperature);
    }

    /**
     * Returns how many candidates the talker keeps.
     *
     * @return empty for the checkpoint's own
     */
    public Optional<Integer> topK() {
        return Optional.ofNullable(values.topK);
    }

    /**
     * Returns the probability mass the talker keeps.
     *
     * @return empty for the checkpoint's own
     */
    public Optional<Float> topP() {
        return Optional.ofNullable(values.topP);
    }

    /**
     * Returns the penalty of codes drawn before.
     *
     * @return empty for the checkpoint's own
     */
    public Optional<Float> repetitionPenalty() {
        return Optional.ofNullable(values.repetitionPenalty);
    }

    /**
     * Returns the temperature of the code predictor.
     *
     * @return empty for the checkpoint's own
     */
    public Optional<Float> predictorTemperature() {
        return Optional.ofNullable(values.predictorTemperature);
    }

    /**
     * Returns how many candidates the code predictor keeps.
     *
     * @return empty for the checkpoint's own
     */
    public Optional<Integer> predictorTopK() {
        return Optional.ofNullable(values.predictorTopK);
    }

    /**
     * Returns the probability mass the code predictor keeps.
     *
     * @return empty for the checkpoint's own
     */
    public Optional<Float> predictorTopP() {
        return Optional.ofNullable(values.predictorTopP);
    }

    private static float checkTemperature(float temperature) {
        Check.argument(
                temperature >= 0 && Float.isFinite(temperature),
                "temperature must be finite and >= 0",
                "temperature",
                temperature);
        return temperature;
    }

    private static int checkTopK(int topK) {
        Check.argument(topK >= 0, "topK must be >= 0 (0 keeps all)", "topK", topK);
        return topK;
    }

    private static float checkTopP(float topP) {
        Check.argument(topP > 0 && topP <= 1, "topP must be in (0, 1]", "topP", topP);
        return topP;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SamplingOptions that && Objects.deepEquals(values.all(), that.values.all());
    }

    @Override
    public int hashCode() {
        return Objects.hash(values.all());
    }

    /** Shows what is set. */
    @Override
    public String toString() {
        String[] names = {
            "temperature", "topK", "topP", "repetitionPenalty", "predictorTemperature", "predictorTopK", "predictorTopP"
        };
        @Nullable Object[] all = values.all();
        StringJoiner set = new StringJoiner(", ", "SamplingOptions[", "]");
        for (int i = 0; i < all.length; i++) {
            if (all[i] != null) {
                set.add(names[i] + "=" + all[i]);
            }
        }
        return set.toString();
    }
}
