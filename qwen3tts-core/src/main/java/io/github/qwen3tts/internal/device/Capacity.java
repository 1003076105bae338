package io.github.qwen3tts.internal.device;

/**
 * How many streams a loaded model takes, and how long ones.
 *
 * @param streams   that make speech at the same time
 * @param positions prompt positions and frames of one stream together
 */
public record Capacity(int streams, int positions) {}
