package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;

/**
 * How codes are drawn. A checkpoint brings its own; see {@code TtsEngine.generationDefaults()}.
 *
 * @param talker            for code group 0
 * @param codePredictor     for the other groups
 * @param repetitionPenalty divides positive and multiplies negative scores of group 0 codes drawn before; finite,
 *                          {@code > 0}; 1 is none
 * @param maxNewTokens      draws of code group 0 at most, {@code >= 2}: n draws without an end make n - 1 frames of 80 ms
 */
public record GenerationOptions(
        SamplingOptions talker, SamplingOptions codePredictor, float repetitionPenalty, int maxNewTokens) {

    /** What the official code uses where a checkpoint says nothing. */
    public static final GenerationOptions OFFICIAL =
            new GenerationOptions(new SamplingOptions(0.9f, 50, 1f), new SamplingOptions(0.9f, 50, 1f), 1.05f, 2048);

    public GenerationOptions {
        Check.argument(
                repetitionPenalty > 0 && Float.isFinite(repetitionPenalty),
                "repetitionPenalty must be finite and > 0 (1 is none)",
                "repetitionPenalty",
                repetitionPenalty);
        Check.argument(maxNewTokens >= 2, "maxNewTokens must be >= 2", "maxNewTokens", maxNewTokens);
    }

    /**
     * With another way to draw code group 0.
     *
     * @param talker the way
     * @return the changed copy
     */
    public GenerationOptions withTalker(SamplingOptions talker) {
        return new GenerationOptions(talker, codePredictor, repetitionPenalty, maxNewTokens);
    }

    /**
     * With another way to draw the other groups.
     *
     * @param codePredictor the way
     * @return the changed copy
     */
    public GenerationOptions withCodePredictor(SamplingOptions codePredictor) {
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
        return withTalker(SamplingOptions.GREEDY).withCodePredictor(SamplingOptions.GREEDY);
    }
}
