package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.prompt.PromptLayout;

/**
 * What to speak, and in which voice. Read only.
 *
 * @param layout         ids, position by position
 * @param speakerVector  {@code [hidden]}, for a layout with a speaker slot; empty otherwise
 * @param referenceCodes {@code [frames * codeGroups]}, for a layout with reference frames; empty otherwise
 */
public record TalkerPrompt(PromptLayout layout, float[] speakerVector, int[] referenceCodes) {

    private static final float[] NO_VECTOR = {};
    private static final int[] NO_CODES = {};

    /**
     * A prompt of ids alone.
     *
     * @param layout position by position
     * @return the prompt
     */
    public static TalkerPrompt of(PromptLayout layout) {
        return new TalkerPrompt(layout, NO_VECTOR, NO_CODES);
    }

    /**
     * How long the prompt is.
     *
     * @return positions
     */
    public int positions() {
        return layout.rows().size();
    }
}
