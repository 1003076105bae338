package io.github.qwen3tts.internal.prompt;

/**
 * The tokenised templates of a prompt.
 *
 * @param target    the text in its template
 * @param instruct  the instruction in its template, empty if there is none
 * @param reference the transcript of the clip in its template, empty if there is none
 */
public record PromptTokens(int[] target, int[] instruct, int[] reference) {}
