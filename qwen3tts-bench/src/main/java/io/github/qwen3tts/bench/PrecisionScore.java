package io.github.qwen3tts.bench;

import java.util.List;

/**
 * How near a precision is to fp32 on the same checkpoint.
 *
 * @param precision     name of a preset
 * @param talker        scores of group 0, both models fed the codes that fp32 drew at random
 * @param codePredictor scores of the other groups, likewise
 * @param greedy        codes of each prompt without randomness, each model fed its own
 * @param codecSnrDb    what the fp32 codec decoder makes of the codes that fp32 drew, over what this one changes in it,
 *                      in decibels; null if the codec decoder is fp32
 */
public record PrecisionScore(
        String precision,
        Agreement.Score talker,
        Agreement.Score codePredictor,
        List<CodeAgreement> greedy,
        Double codecSnrDb) {

    /** Frames of this precision by frames of fp32, all prompts together. */
    double durationStretch() {
        return (double) greedy.stream().mapToInt(CodeAgreement::otherFrames).sum()
                / greedy.stream().mapToInt(CodeAgreement::frames).sum();
    }

    /** The mean over all prompts. */
    double equalCodes() {
        return greedy.stream().mapToDouble(CodeAgreement::equalCodes).average().orElseThrow();
    }
}
