package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.quantize.BlockFormat;
import io.github.qwen3tts.internal.quantize.PackedMatrix;
import io.github.qwen3tts.internal.quantize.QuantizedWeights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which format each matrix of the language model gets.
 *
 * @param precision resolved: nothing {@link WeightFormat#AUTO}
 */
public record FormatChoice(Precision precision) {

    /**
     * The projections of a checkpoint in this precision; makes the cache file of quantised weights if need be.
     *
     * @param checkpoint the weights
     * @param cache      directory of cache files
     * @return for talker and code predictor
     */
    public Projections projections(Checkpoint checkpoint, Path cache) {
        Wanted wanted = new Wanted();
        TalkerGraph.build(checkpoint, wanted, TalkerGraph.Taps.NONE);
        CodePredictorGraph.layers(checkpoint, wanted);
        for (int i = 0; i < checkpoint.config().talker().codeGroups() - 1; i++) {
            CodePredictorGraph.head(checkpoint, wanted, i);
        }
        if (wanted.matrices.isEmpty()) {
            return Projections.FLOAT32;
        }
        return new QuantizedProjections(
                this,
                QuantizedWeights.openOrMake(cache, checkpoint, checkpoint.weights(), List.copyOf(wanted.matrices)));
    }

    private WeightFormat format(Graph g, Projections.Part... parts) {
        if (Arrays.stream(parts).anyMatch(Projections.Part::isHead)) {
            return precision.heads();
        }
        return g.path().startsWith("talker.code_predictor") ? precision.codePredictor() : precision.talker();
    }

    boolean isQuantized(Graph g, Projections.Part... parts) {
        return format(g, parts).isQuantized();
    }

    PackedMatrix packed(Graph g, int in, Projections.Part... parts) {
        BlockFormat format = format(g, parts) == WeightFormat.INT4 ? BlockFormat.INT4 : BlockFormat.INT8;
        return QuantizedProjections.packed(g, in, format, parts);
    }

    /** Writes down which matrices a graph takes, and builds it in floats. */
    private final class Wanted implements Projections {

        private final Set<PackedMatrix> matrices = new LinkedHashSet<>();

        @Override
        public Value linear(Graph g, Value x, int in, Part... parts) {
            if (isQuantized(g, parts)) {
                matrices.add(packed(g, in, parts));
            }
            return FLOAT32.linear(g, x, in, parts);
        }
    }
}
