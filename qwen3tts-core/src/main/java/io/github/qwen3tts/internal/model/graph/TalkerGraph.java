package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.onnx.Value;

/** The talker: the large transformer, which reads text and earlier frames and scores code group 0 of the next frame. */
public final class TalkerGraph {

    private TalkerGraph() {}

    /** What the graph gives back besides the hidden states and the logits. */
    public enum Taps {
        /** Nothing. */
        NONE,
        /** {@code layer0 [time, hidden]}, for checks against the original model. */
        FIRST_LAYER
    }

    /**
     * Any number of steps at once: a prompt, or one frame. Inputs {@code embeddings [time, hidden]} and those of the
     * caches (see {@link DecoderLayers}); outputs {@code hidden [time, hidden]}, normed, and {@code logits [1, vocab]}
     * of the last step.
     *
     * @param checkpoint  configuration and weights
     * @param projections how the large matrices are stored
     * @param taps        outputs for checks
     * @return the graph
     */
    public static OnnxModel build(Checkpoint checkpoint, Projections projections, Taps taps) {
        TalkerConfig c = checkpoint.config().talker();
        int width = c.transformer().hidden();
        Graph g = Graph.named("talker", checkpoint.weights());
        Value x = g.input("embeddings", ElementType.FLOAT, "time", width);
        DecoderLayers layers = new DecoderLayers(g, c.transformer(), projections);
        Value hidden = layers.apply(g.at("talker.model"), x);
        g.output("hidden", hidden);
        Value last = hidden.in(g.at("talker")).last(0, 1);
        g.output(
                "logits",
                projections.linear(g.at("talker"), last, width, Projections.Part.head("codec_head", c.vocab())));
        if (taps == Taps.FIRST_LAYER) {
            g.output("layer0", layers.firstLayerOut());
        }
        return g.finish();
    }
}
