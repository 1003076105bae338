package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.onnx.Value;

/** Text embeddings as the talker sees them: {@code fc2(silu(fc1(x)))}. */
public final class TextProjectionGraph {

    private TextProjectionGraph() {}

    /**
     * Input {@code embeddings [tokens, textHidden]}; output {@code rows [tokens, hidden]}.
     *
     * @param checkpoint configuration and weights
     * @return the graph
     */
    public static OnnxModel build(Checkpoint checkpoint) {
        TalkerConfig c = checkpoint.config().talker();
        Graph root = Graph.named("text_projection", checkpoint.weights());
        Graph g = root.at("talker.text_projection");
        Value embeddings = root.input("embeddings", ElementType.FLOAT, "tokens", c.textHidden());
        Value inner = linear(g.at("linear_fc1"), embeddings, c.textHidden(), c.textHidden());
        int hidden = c.transformer().hidden();
        root.output("rows", linear(g.at("linear_fc2"), inner.silu(), c.textHidden(), hidden));
        return root.finish();
    }

    private static Value linear(Graph g, Value x, int in, int out) {
        return Layers.linear(x.in(g), g.weight("weight", out, in), g.weight("bias", out));
    }
}
