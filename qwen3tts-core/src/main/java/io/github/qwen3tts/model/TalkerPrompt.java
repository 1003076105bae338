package io.github.qwen3tts.model;
/** x. */
public record TalkerPrompt() {}
