package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Layers.Attention;
import io.github.qwen3tts.internal.onnx.Layers.Heads;
import io.github.qwen3tts.internal.onnx.Layers.KvCache;
import io.github.qwen3tts.internal.onnx.Layers.ResidualNorm;
import io.github.qwen3tts.internal.onnx.Value;

/**
 * The transformer layers that talker and code predictor have in common: grouped-query attention with normed queries and
 * keys, then a gated feed-forward block, each behind a norm and added to the residual stream.
 *
 * <p>Keys and values live in caches written in place. Inputs {@code past_keys.i}, {@code past_values.i} and outputs
 * {@code keys.i}, {@code values.i} {@code [1, kvHeads, capacity, headDim]} are bound to the same buffers; {@code
 * last_index} and {@code total_tokens} say how far they are filled after the pass.
 */
final class DecoderLayers {

    private final Graph root;
    private final TransformerConfig c;
    private final Projections projections;
    private final Value lastIndex;
    private final Value totalTokens;
    private final Value cos;
    private final Value sin;

    DecoderLayers(Graph root, TransformerConfig config, Projections projections) {
        this.root = root;
        this.c = config;
        this.projections = projections;
        lastIndex = root.input("last_index", ElementType.INT32, 1);
        totalTokens = root.input("total_tokens", ElementType.INT32, 1);
        cos = root.input("cos", ElementType.FLOAT, "positions", c.headDim() / 2);
        sin = root.input("sin", ElementType.FLOAT, "positions", c.headDim() / 2);
    }

    /** All layers and the norm after them. {@code g} is the view of {@code model}; x and result [time, hidden]. */
    Value apply(Graph g, Value x) {
        Value normed = Layers.rmsNorm(x.in(g), norm(g.at("layers.0"), "input_layernorm"), c.normEps());
        Value stream = x;
        for (int i = 0; i < c.layers(); i++) {
            Graph layer = g.at("layers." + i);
            Value attended = attention(layer.at("self_attn"), normed, i);
            ResidualNorm afterAttention = Layers.residualRmsNorm(
                    stream.in(layer), attended, norm(layer, "post_attention_layernorm"), c.normEps());
            Value fed = swiGlu(layer.at("mlp"), afterAttention.normed(), projections, c);
            Value nextNorm = i + 1 < c.layers() ? norm(g.at("layers." + (i + 1)), "input_layernorm") : norm(g, "norm");
            ResidualNorm afterMlp = Layers.residualRmsNorm(afterAttention.sum().in(layer), fed, nextNorm, c.normEps());
            stream = afterMlp.sum();
            normed = afterMlp.normed();
            if (i == 0) {
                firstLayerOut = stream;
            }
        }
        return normed;
    }

    private Value firstLayerOut;

    /** What the first layer adds up to; for checks against the original model. */
    Value firstLayerOut() {
        return firstLayerOut;
    }

    /** softmax(rope(norm(q)) rope(norm(k))^T / sqrt(headDim)) v, then o_proj. x: [time, hidden]. */
    private Value attention(Graph g, Value x, int layer) {
        int heads = c.heads() + c.kvHeads();
        Value qkv = projections.linear(
                g,
                x,
                c.hidden(),
                new Projections.Part("q_proj", c.queryWidth()),
                new Projections.Part("k_proj", c.kvWidth()),
                new Projections.Part("v_proj", c.kvWidth()));
        Value[] qkAndV = qkv.reshape(1, -1, c.queryWidth() + 2L * c.kvWidth())
                .split(2, c.queryWidth() + c.kvWidth(), c.kvWidth()); // [1, time, ...]
        Value qk = Layers.rmsNorm(qkAndV[0].reshape(1, -1, heads, c.headDim()), headNorms(g), c.normEps());
        Value[] qAndK = qk.reshape(1, -1, (long) heads * c.headDim()).split(2, c.queryWidth(), c.kvWidth());
        KvCache cache = new KvCache(
                cacheInput("past_keys." + layer), cacheInput("past_values." + layer), lastIndex, totalTokens, cos, sin);
        Attention attention = Layers.groupQueryAttention(
                qAndK[0], qAndK[1], qkAndV[1], cache, new Heads(c.heads(), c.kvHeads(), c.headDim()));
        root.output("keys." + layer, attention.keys());
        root.output("values." + layer, attention.values());
        return projections.linear(
                g,
                attention.out().reshape(-1, c.queryWidth()),
                c.queryWidth(),
                new Projections.Part("o_proj", c.hidden()));
    }

    private Value cacheInput(String name) {
        return root.input(name, ElementType.FLOAT, 1, c.kvHeads(), "capacity", c.headDim());
    }

    /** The norm weights of all query heads, then of all key heads: [1, 1, heads + kvHeads, headDim]. */
    private Value headNorms(Graph g) {
        float[] q = g.weightFloats("q_norm.weight", c.headDim());
        float[] k = g.weightFloats("k_norm.weight", c.headDim());
        float[] all = new float[(c.heads() + c.kvHeads()) * c.headDim()];
        for (int head = 0; head < c.heads() + c.kvHeads(); head++) {
            System.arraycopy(head < c.heads() ? q : k, 0, all, head * c.headDim(), c.headDim());
        }
        return g.floats("qk_norm", all, 1, 1, c.heads() + c.kvHeads(), c.headDim());
    }

    /** down(silu(gate(x)) * up(x)). x: [time, hidden]. */
    static Value swiGlu(Graph g, Value x, Projections projections, TransformerConfig c) {
        Value[] gateAndUp = projections
                .linear(
                        g,
                        x,
                        c.hidden(),
                        new Projections.Part("gate_proj", c.intermediate()),
                        new Projections.Part("up_proj", c.intermediate()))
                .split(1, c.intermediate(), c.intermediate());
        return projections.linear(
                g,
                gateAndUp[0].silu().times(gateAndUp[1]),
                c.intermediate(),
                new Projections.Part("down_proj", c.hidden()));
    }

    private Value norm(Graph g, String name) {
        return g.weight(name + ".weight", c.hidden());
    }
}
