package io.github.qwen3tts.model.graph;

import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.onnx.ElementType;
import io.github.qwen3tts.onnx.Graph;
import io.github.qwen3tts.onnx.Layers;
import io.github.qwen3tts.onnx.OnnxModel;
import io.github.qwen3tts.onnx.Value;

/** Text ids as the talker sees them: {@code fc2(silu(fc1(E[id])))}. */
public final class TextEmbeddingGraph {

    private TextEmbeddingGraph() {}

    /**
     * Input {@code ids [tokens]}, 64-bit; output {@code rows [tokens, hidden]}. The table stays on disk and is read row
     * by row.
     *
     * @param checkpoint configuration and weights
     * @return the graph
     */
    public static OnnxModel build(Checkpoint checkpoint) {
        TalkerConfig c = checkpoint.config().talker();
        Graph g = Graph.named("text_embedding", checkpoint.weights());
        Graph talker = g.at("talker");
        Value ids = g.input("ids", ElementType.INT64, "tokens");
        Value rows = talker.storedWeight("model.text_embedding.weight", c.textVocab(), c.textHidden())
                .gather(ids)
                .cast(ElementType.FLOAT);
        Graph projection = talker.at("text_projection");
        Value inner = linear(projection.at("linear_fc1"), rows, c.textHidden(), c.textHidden());
        g.output(
                "rows",
                linear(
                        projection.at("linear_fc2"),
                        inner.silu(),
                        c.textHidden(),
                        c.transformer().hidden()));
        return g.finish();
    }

    private static Value linear(Graph g, Value x, int in, int out) {
        return Layers.linear(x.in(g), g.weight("weight", out, in), g.weight("bias", out));
    }
}
