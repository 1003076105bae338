package io.github.qwen3tts.internal.engine;

import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.sample.GenerationOptions;

/**
 * One speech to be made, all defaults resolved.
 *
 * @param prompt     what, and in which voice
 * @param generation how codes are drawn
 * @param seed       of the randomness
 * @param chunks     how many frames are delivered at a time
 */
public record SpeechJob(Prompt prompt, GenerationOptions generation, long seed, ChunkSchedule chunks) {}
