package io.github.qwen3tts.internal.sample;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.internal.Check;

/**
 * What the talker may draw as code group 0, applied before any sampling and to greedy choices too. The order is the
 * official model's: repetition penalty, minimum length, suppression of control codes.
 *
 * @param vocabulary        scores per draw; the last {@value #CONTROL_CODES} codes are control codes
 * @param eos               the control code that ends speech, the only one that can be drawn
 * @param repetitionPenalty scores of codes drawn before are divided by it, or multiplied if negative; {@code > 0}, 1 is
 *                          none
 */
public record TalkerRules(int vocabulary, int eos, float repetitionPenalty) {

    /** The tail of the talker's vocabulary that holds no sound. */
    public static final int CONTROL_CODES = 1024;

    /** Draws before speech may end. */
    public static final int MIN_DRAWS = 2;

    /**
     * Checks that the rules leave a code to draw.
     *
     * @throws InvalidRequestException if a value is out of range
     */
    public TalkerRules {
        Check.argument(
                vocabulary > CONTROL_CODES,
                "talker vocabulary must be larger than its control codes",
                "vocabulary",
                vocabulary,
                "controlCodes",
                CONTROL_CODES);
        Check.argument(eos >= 0 && eos < vocabulary, "eos must be a talker code", "eos", eos, "vocabulary", vocabulary);
        Check.argument(
                repetitionPenalty > 0 && Float.isFinite(repetitionPenalty),
                "repetitionPenalty must be finite and > 0 (1 is none)",
                "repetitionPenalty",
                repetitionPenalty);
    }

    /**
     * Applies the rules to one draw.
     *
     * @param candidates loaded with the talker's logits; changed
     * @param history    what this stream has drawn so far; read only
     */
    public void constrain(Candidates candidates, CodeHistory history) {
        candidates.penalize(history, repetitionPenalty);
        if (history.size() < MIN_DRAWS) {
            candidates.forbid(eos, eos + 1);
        }
        int firstControl = vocabulary - CONTROL_CODES;
        candidates.forbid(firstControl, Math.max(firstControl, eos));
        candidates.forbid(Math.max(firstControl, eos + 1), vocabulary);
    }
}
