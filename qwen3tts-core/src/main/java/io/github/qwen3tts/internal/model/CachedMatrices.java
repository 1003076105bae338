package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.graph.CodecMatrices;
import io.github.qwen3tts.internal.model.graph.FormatChoice;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.quantize.QuantizedMatrix;
import io.github.qwen3tts.internal.quantize.QuantizedWeights;
import java.nio.file.Path;
import java.util.List;

/** Opens the matrices of graphs in a precision; makes the cache files of quantised ones if need be. */
public final class CachedMatrices {

    private CachedMatrices() {}

    /**
     * Opens the matrices of talker and code predictor.
     *
     * @param checkpoint the weights
     * @param precision  resolved: nothing {@link WeightFormat#AUTO}
     * @param cache      directory of cache files
     * @return how they are multiplied
     */
    public static Projections languageModel(Checkpoint checkpoint, Precision precision, Path cache) {
        FormatChoice formats = new FormatChoice(precision);
        List<QuantizedMatrix> matrices = formats.matrices(checkpoint);
        if (matrices.isEmpty()) {
            return Projections.FLOAT32;
        }
        return formats.projections(QuantizedWeights.openOrMake(cache, checkpoint, checkpoint.weights(), matrices));
    }

    /**
     * Opens the matrices of the codec decoder.
     *
     * @param checkpoint the weights
     * @param precision  of which the codec's counts
     * @param cache      directory of cache files
     * @return how they are multiplied
     */
    public static CodecMatrices codecDecoder(Checkpoint checkpoint, Precision precision, Path cache) {
        if (precision.codec() == WeightFormat.FP32) {
            return CodecMatrices.FLOAT32;
        }
        List<QuantizedMatrix> matrices = CodecMatrices.eightBitMatrices(checkpoint);
        return CodecMatrices.eightBit(
                QuantizedWeights.openOrMake(cache, checkpoint, checkpoint.codecWeights(), matrices));
    }
}
