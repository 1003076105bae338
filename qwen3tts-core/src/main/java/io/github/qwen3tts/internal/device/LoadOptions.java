package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Backend;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.Precision;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * What the caller asked for when loading a model.
 *
 * @param device         to run on
 * @param backend        code to run, if the device is a GPU
 * @param precision      of the weights
 * @param maxStreams     streams at the same time; empty for the default
 * @param maxFrames      prompt positions and frames of one stream, if the device is a GPU; empty for the default
 * @param maxTextTokens  of a request
 * @param cacheDirectory of quantised weights, prepared graphs and compiled kernels
 * @param preparedGraphs whether graphs are kept in the cache directory as ONNX Runtime lays them out
 */
public record LoadOptions(
        Device device,
        Backend backend,
        Precision precision,
        OptionalInt maxStreams,
        OptionalInt maxFrames,
        int maxTextTokens,
        Path cacheDirectory,
        boolean preparedGraphs) {}
