package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.onnx.Value;

/** The code predictor: the small transformer, which completes groups 1 and up of a frame, one pass per group. */
public final class CodePredictorGraph {

    private CodePredictorGraph() {}

    /**
     * One pass. Inputs {@code embeddings [time, talker hidden]} and those of the caches (see {@link DecoderLayers});
     * output {@code hidden [1, hidden]} of the last step, normed.
     *
     * @param checkpoint  configuration and weights
     * @param projections how the large matrices are stored
     * @return the graph
     */
    public static OnnxModel layers(Checkpoint checkpoint, Projections projections) {
        TransformerConfig c = checkpoint.config().codePredictor().transformer();
        int talkerWidth = checkpoint.config().talker().transformer().hidden();
        Graph g = Graph.named("code_predictor", checkpoint.weights());
        Graph predictor = g.at("talker.code_predictor");
        Value x = g.input("embeddings", ElementType.FLOAT, "time", talkerWidth);
        if (talkerWidth != c.hidden()) { // models of equal widths have no projection
            Value projected = projections.linear(
                    predictor, x, talkerWidth, new Projections.Part("small_to_mtp_projection", c.hidden()));
            x = projected.plus(predictor.weight("small_to_mtp_projection.bias", c.hidden()));
        }
        Value hidden = new DecoderLayers(g, c, projections).apply(predictor.at("model"), x);
        g.output("hidden", hidden.in(predictor).last(0, 1));
        return g.finish();
    }

    /**
     * The scores of one code group. Input {@code hidden [1, hidden]}; output {@code logits [1, vocab]}.
     *
     * @param checkpoint  configuration and weights
     * @param projections how the large matrices are stored
     * @param head        which, from 0; scores code group {@code head + 1}
     * @return the graph
     */
    public static OnnxModel head(Checkpoint checkpoint, Projections projections, int head) {
        int width = checkpoint.config().codePredictor().transformer().hidden();
        int vocab = checkpoint.config().codePredictor().vocab();
        Graph g = Graph.named("code_predictor_head_" + head, checkpoint.weights());
        Value hidden = g.input("hidden", ElementType.FLOAT, 1, width);
        Graph heads = g.at("talker.code_predictor.lm_head");
        g.output(
                "logits",
                projections.linear(heads, hidden, width, Projections.Part.head(Integer.toString(head), vocab)));
        return g.finish();
    }
}
