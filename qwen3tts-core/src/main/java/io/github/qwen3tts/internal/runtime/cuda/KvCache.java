package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Where one layer's keys and values lie on the device, each {@code [slots, kvHeads, maxPositions, headDim]} fp32.
 *
 * @param keys         address of the keys
 * @param values       address of the values
 * @param maxPositions positions a slot has room for
 */
public record KvCache(long keys, long values, int maxPositions) {}
