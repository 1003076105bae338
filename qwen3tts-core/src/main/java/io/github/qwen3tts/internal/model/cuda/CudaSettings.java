package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.Check;
import java.nio.file.Path;

/**
 * What a model on a GPU is opened with; all of it decides how much memory it takes.
 *
 * @param precision      resolved: nothing {@link WeightFormat#AUTO}
 * @param maxStreams     streams that speak at once, 1 to {@value #MOST_STREAMS}
 * @param maxPositions   prompt positions and frames of one stream together
 * @param maxTextRows    text rows that may follow a prompt
 * @param cacheDirectory of quantised weights
 */
public record CudaSettings(
        Precision precision, int maxStreams, int maxPositions, int maxTextRows, Path cacheDirectory) {

    /** The largest batch a frame is captured for. */
    public static final int MOST_STREAMS = 64;

    /**
     * Checks the sizes.
     *
     * @throws io.github.qwen3tts.api.InvalidRequestException if one is out of range
     */
    public CudaSettings {
        Check.argument(
                maxStreams >= 1 && maxStreams <= MOST_STREAMS,
                "maxStreams must be 1 to " + MOST_STREAMS + " on a CUDA device",
                "maxStreams",
                maxStreams);
        Check.argument(maxPositions >= 2, "maxPositions must be >= 2", "maxPositions", maxPositions);
        Check.argument(maxTextRows >= 1, "maxTextRows must be >= 1", "maxTextRows", maxTextRows);
    }

    /** What decides the memory, for messages. */
    String sizes() {
        return "talker " + precision.talker() + ", predictor " + precision.codePredictor() + ", heads "
                + precision.heads() + ", maxStreams " + maxStreams + ", maxPositions " + maxPositions
                + ", maxTextRows " + maxTextRows;
    }
}
