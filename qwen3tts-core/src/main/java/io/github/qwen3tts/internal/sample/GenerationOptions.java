package io.github.qwen3tts.internal.sample;

import io.github.qwen3tts.api.SamplingOptions;
import io.github.qwen3tts.internal.Check;

/**
 * Says how codes are drawn, all of it. A checkpoint brings its own; {@link #with} applies what a request changes.
 *
 * @param talker            for code group 0
 * @param codePredictor     for the other groups
 * @param repetitionPenalty divides positive and multiplies negative scores of group 0 codes drawn before; finite,
 *                          {@code > 0}; 1 is none
 * @param maxNewTokens      draws of code group 0 at most, {@code >= 2}: n draws without an end make n - 1 frames of 80 ms
 */
public record GenerationOptions(Sampling talker, Sampling codePredictor, float repetitionPenalty, int maxNewTokens) {

    /** What the official code uses where a checkpoint says nothing. */
    public static final GenerationOptions OFFICIAL =
            new GenerationOptions(new Sampling(0.9f, 50, 1f), new Sampling(0.9f, 50, 1f), 1.05f, 2048);

    public GenerationOptions {
        Check.argument(
                repetitionPenalty > 0 && Float.isFinite(repetitionPenalty),
                "repetitionPenalty must be finite and > 0 (1 is none)",
                "repetitionPenalty",
                repetitionPenalty);
        Check.argument(maxNewTokens >= 2, "maxNewTokens must be >= 2", "maxNewTokens", maxNewTokens);
    }

    /** Applies what a request changes. */
    public GenerationOptions with(SamplingOptions changed) {
        return new GenerationOptions(
                new Sampling(
                        changed.temperature().orElse(talker.temperature()),
                        changed.topK().orElse(talker.topK()),
                        changed.topP().orElse(talker.topP())),
                new Sampling(
                        changed.predictorTemperature().orElse(codePredictor.temperature()),
                        changed.predictorTopK().orElse(codePredictor.topK()),
                        changed.predictorTopP().orElse(codePredictor.topP())),
                changed.repetitionPenalty().orElse(repetitionPenalty),
                maxNewTokens);
    }

    /** Returns the same as options of a request, all of them set. */
    public SamplingOptions sampling() {
        return SamplingOptions.MODEL_DEFAULT
                .temperature(talker.temperature())
                .topK(talker.topK())
                .topP(talker.topP())
                .repetitionPenalty(repetitionPenalty)
                .predictorTemperature(codePredictor.temperature())
                .predictorTopK(codePredictor.topK())
                .predictorTopP(codePredictor.topP());
    }

    /**
     * With another way to draw code group 0.
     *
     * @param talker the way
     * @return the changed copy
     */
    public GenerationOptions withTalker(Sampling talker) {
        return new GenerationOptions(talker, codePredictor, repetitionPenalty, maxNewTokens);
    }

    /**
     * With another way to draw the other groups.
     *
     * @param codePredictor the way
     * @return the changed copy
     */
    public GenerationOptions withCodePredictor(Sampling codePredictor) {
        return new GenerationOptions(talker, codePredictor, repetitionPenalty, maxNewTokens);
    }

    /**
     * With another penalty.
     *
     * @param repetitionPenalty finite, {@code > 0}; 1 is none
     * @return the changed copy
     */
    public GenerationOptions withRepetitionPenalty(float repetitionPenalty) {
        return new GenerationOptions(talker, codePredictor, repetitionPenalty, maxNewTokens);
    }

    /**
     * With another limit.
     *
     * @param maxNewTokens draws of code group 0 at most, {@code >= 2}
     * @return the changed copy
     */
    public GenerationOptions withMaxNewTokens(int maxNewTokens) {
        return new GenerationOptions(talker, codePredictor, repetitionPenalty, maxNewTokens);
    }

    /**
     * Without randomness: both parts take the code with the largest score.
     *
     * @return the changed copy
     */
    public GenerationOptions greedy() {
        return withTalker(Sampling.GREEDY).withCodePredictor(Sampling.GREEDY);
    }
}
