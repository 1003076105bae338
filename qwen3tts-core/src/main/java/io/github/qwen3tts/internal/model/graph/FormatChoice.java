package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.quantize.BlockFormat;
import io.github.qwen3tts.internal.quantize.QuantizedMatrix;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which format each matrix of the language model gets.
 *
 * @param precision resolved: nothing {@link WeightFormat#AUTO}
 */
public record FormatChoice(Precision precision) {

    /**
     * Lists the quantised matrices of talker and code predictor.
     *
     * @param checkpoint configuration and weights
     * @return each matrix once; none if all are floats
     */
    public List<QuantizedMatrix> matrices(Checkpoint checkpoint) {
        WantedMatrices wanted = new WantedMatrices(this::format);
        TalkerGraph.build(checkpoint, wanted, TalkerGraph.Taps.NONE);
        CodePredictorGraph.layers(checkpoint, wanted);
        for (int i = 0; i < checkpoint.config().talker().codeGroups() - 1; i++) {
            CodePredictorGraph.head(checkpoint, wanted, i);
        }
        return wanted.list();
    }

    /**
     * Takes the quantised matrices from a file and the others from the checkpoint.
     *
     * @param quantized holds all {@link #matrices} of the checkpoint
     * @return for talker and code predictor
     */
    public Projections projections(Safetensors quantized) {
        return new QuantizedProjections(this::format, quantized);
    }

    private Optional<BlockFormat> format(Graph g, Projections.Part... parts) {
        WeightFormat format = weightFormat(g, parts);
        return format.isQuantized() ? Optional.of(BlockFormat.valueOf(format.name())) : Optional.empty();
    }

    private WeightFormat weightFormat(Graph g, Projections.Part... parts) {
        if (Arrays.stream(parts).anyMatch(Projections.Part::isHead)) {
            return precision.heads();
        }
        return g.path().startsWith("talker.code_predictor") ? precision.codePredictor() : precision.talker();
    }
}
