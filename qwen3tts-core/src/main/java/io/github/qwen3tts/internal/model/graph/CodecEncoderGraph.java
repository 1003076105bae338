package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph.Carry;
import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph.Stateful;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Layers.Attention;
import io.github.qwen3tts.internal.onnx.Layers.Conv;
import io.github.qwen3tts.internal.onnx.Layers.Heads;
import io.github.qwen3tts.internal.onnx.Layers.KvCache;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.onnx.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The codec encoder: audio to codes, in two graphs. The first turns audio into rows, 25 a second, and runs in pieces,
 * since its convolutions would need hundreds of megabytes for a long clip at once; the second turns all rows of a clip
 * into codes.
 */
public final class CodecEncoderGraph {

    /** How far back attention sees. */
    public enum Span {
        /** To the start of the clip, as the official inference code does. */
        WHOLE_CLIP,
        /** Over the window of the codec's training, 10 s. Shorter clips make the same codes either way. */
        TRAINING_WINDOW
    }

    private final CodecConfig.Encoder c;
    private final Span span;
    private final Graph root;
    private final List<Carry> state = new ArrayList<>();

    private CodecEncoderGraph(Checkpoint checkpoint, Span span) {
        c = checkpoint.codec().encoder();
        this.span = span;
        root = Graph.named("codec_encoder", checkpoint.codecWeights());
    }

    /**
     * Audio to rows, piece by piece. Inputs {@code samples [time]}; {@code start [1]}, 64-bit, the rows made so far; the
     * caches {@code past_keys.i}, {@code past_values.i} {@code [1, heads, capacity, headDim]}, written in place and bound
     * to the outputs {@code keys.i}, {@code values.i} too; {@code last_index}, {@code total_tokens}, {@code cos} and
     * {@code sin} as for the talker; and the state. Outputs {@code rows [ceil(time / samplesPerRow), hidden]} and the
     * next state, which holds if {@code time} is a multiple of {@link #samplesPerRow}: every piece but the last has to
     * be.
     *
     * @param checkpoint configuration and weights
     * @param span       how far back attention sees
     * @return the graph
     */
    public static Stateful rows(Checkpoint checkpoint, Span span) {
        CodecEncoderGraph graph = new CodecEncoderGraph(checkpoint, span);
        Graph encoder = graph.root.at("encoder");
        graph.root.output("rows", graph.transformer(encoder.at("encoder_transformer"), graph.seanet(encoder)));
        return new Stateful(graph.root.finish(), List.copyOf(graph.state));
    }

    /**
     * All rows of a clip to codes. Input {@code rows [time, hidden]}; outputs {@code latents [frames, hidden]}, what is
     * quantised, and {@code codes [frames, groups]}, 64-bit.
     *
     * @param checkpoint configuration and weights
     * @return the graph
     */
    public static OnnxModel codes(Checkpoint checkpoint) {
        CodecConfig.Encoder c = checkpoint.codec().encoder();
        int rowsPerFrame = checkpoint.codec().samplesPerFrame() / samplesPerRow(c);
        Graph root = Graph.named("codec_quantizer", checkpoint.codecWeights());
        Graph g = root.at("encoder");
        Value rows =
                root.input("rows", ElementType.FLOAT, "time", c.transformer().hidden());
        Value latents = downsample(g.at("downsample.conv"), rows, rowsPerFrame);
        root.output("latents", latents);
        root.output("codes", quantize(g.at("quantizer"), latents, c));
        return root.finish();
    }

    /**
     * What one row stands for.
     *
     * @param config of the encoder
     * @return samples
     */
    public static int samplesPerRow(CodecConfig.Encoder config) {
        int product = 1;
        for (int ratio : config.ratios()) {
            product = Math.multiplyExact(product, ratio);
        }
        return product;
    }

    /** Convolutions with an activation before each: samples [time] to rows [time / samplesPerRow, hidden]. */
    private Value seanet(Graph encoder) {
        Graph stack = encoder.at("encoder.layers");
        Value samples = root.input("samples", ElementType.FLOAT, "time");
        Value x = causalConv(stack.at("0.conv"), samples.reshape(1, 1, -1), c.filters(), c.kernel(), 1);
        int layer = 1; // activations without weights are layers too
        for (int i = c.ratios().length - 1; i >= 0; i--) {
            x = residualUnit(stack.at(Integer.toString(layer)), x);
            int stride = c.ratios()[i];
            x = causalConv(stack.at((layer + 2) + ".conv"), x.elu(), 2 * channels(x), 2 * stride, stride);
            layer += 3;
        }
        int hidden = c.transformer().hidden();
        x = causalConv(stack.at((layer + 1) + ".conv"), x.elu(), hidden, c.lastKernel(), 1);
        return x.transpose(0, 2, 1).reshape(-1, hidden);
    }

    /** x + conv(elu(conv(elu(x)))), half as wide inside. */
    private Value residualUnit(Graph g, Value x) {
        int width = channels(x);
        Value h = causalConv(g.at("block.1.conv"), x.in(g).elu(), width / 2, c.residualKernel(), 1);
        h = causalConv(g.at("block.3.conv"), h.elu(), width, 1, 1);
        return x.in(g).plus(h);
    }

    /**
     * Convolution that sees only the past: {@code kernel - stride} inputs are carried. After the last input there are
     * zeros, enough to complete the last output; where the input is a multiple of the stride no output reaches them.
     * x: [1, in, time], result [1, out, ceil(time / stride)].
     */
    private Value causalConv(Graph g, Value x, int out, int kernel, int stride) {
        int in = channels(x);
        int past = kernel - stride;
        Value all = x.in(g);
        if (past > 0) {
            Carry carry = new Carry(g.path() + ".past", g.path() + ".past.next", new long[] {1, in, past});
            state.add(carry);
            all = Value.concat(
                    2, root.input(carry.input(), ElementType.FLOAT, 1, in, past).in(g), all);
            root.output(carry.output(), all.last(2, past));
        }
        if (stride > 1) {
            all = Value.concat(2, all, g.floats("end", new float[in * (stride - 1)], 1, in, stride - 1));
        }
        return Layers.conv(all, g.weight("weight", out, in, kernel), g.weight("bias", out), new Conv(stride, 1, 1));
    }

    private static int channels(Value x) {
        return Math.toIntExact(x.shape().known(1));
    }

    /** Attention and feed-forward layers, each behind a norm, scaled and added. x: [time, hidden]. */
    private Value transformer(Graph g, Value x) {
        TransformerConfig t = c.transformer();
        int hidden = t.hidden();
        Value start = root.input("start", ElementType.INT64, 1);
        Value lastIndex = root.input("last_index", ElementType.INT32, 1);
        Value totalTokens = root.input("total_tokens", ElementType.INT32, 1);
        Value cos = root.input("cos", ElementType.FLOAT, "positions", t.headDim() / 2);
        Value sin = root.input("sin", ElementType.FLOAT, "positions", t.headDim() / 2);
        for (int i = 0; i < t.layers(); i++) {
            Graph layer = g.at("layers." + i);
            KvCache cache =
                    new KvCache(cache("past_keys." + i), cache("past_values." + i), lastIndex, totalTokens, null, null);
            Rotary rotary = new Rotary(start, cos, sin);
            Value attended = attention(layer.at("self_attn"), norm(layer.at("input_layernorm"), x), rotary, cache, i);
            x = x.in(layer).plus(attended.in(layer).times(layer.weight("self_attn_layer_scale.scale", hidden)));
            Value fed = feedForward(layer.at("mlp"), norm(layer.at("post_attention_layernorm"), x));
            x = x.in(layer).plus(fed.in(layer).times(layer.weight("mlp_layer_scale.scale", hidden)));
        }
        return x;
    }

    private Value cache(String name) {
        TransformerConfig t = c.transformer();
        return root.input(name, ElementType.FLOAT, 1, t.kvHeads(), "capacity", t.headDim());
    }

    private record Rotary(Value start, Value cos, Value sin) {
        Value turn(Value x) {
            return Layers.rotary(x, start, cos, sin);
        }
    }

    private Value norm(Graph g, Value x) {
        int hidden = c.transformer().hidden();
        float eps = c.transformer().normEps();
        return Layers.layerNorm(x.in(g), g.weight("weight", hidden), g.weight("bias", hidden), eps);
    }

    /** softmax(rope(q) rope(k)^T / sqrt(headDim)) v, then o_proj. x: [time, hidden]. */
    private Value attention(Graph g, Value x, Rotary rotary, KvCache cache, int layer) {
        TransformerConfig t = c.transformer();
        Value qkv = Projections.FLOAT32.linear(
                g,
                x,
                t.hidden(),
                new Projections.Part("q_proj", t.queryWidth()),
                new Projections.Part("k_proj", t.kvWidth()),
                new Projections.Part("v_proj", t.kvWidth()));
        Value[] parts = qkv.reshape(1, -1, t.queryWidth() + 2L * t.kvWidth())
                .split(2, t.queryWidth(), t.kvWidth(), t.kvWidth()); // [1, time, ...]
        int window = span == Span.WHOLE_CLIP ? Heads.ALL : c.window();
        Attention attention = Layers.groupQueryAttention(
                rotary.turn(parts[0]),
                rotary.turn(parts[1]),
                parts[2],
                cache,
                new Heads(t.heads(), t.kvHeads(), t.headDim(), window));
        root.output("keys." + layer, attention.keys());
        root.output("values." + layer, attention.values());
        return Projections.FLOAT32.linear(
                g,
                attention.out().reshape(-1, t.queryWidth()),
                t.queryWidth(),
                new Projections.Part("o_proj", t.hidden()));
    }

    /** fc2(gelu(fc1(x))). x: [time, hidden]. */
    private Value feedForward(Graph g, Value x) {
        TransformerConfig t = c.transformer();
        Value inner = Projections.FLOAT32.linear(g, x, t.hidden(), new Projections.Part("fc1", t.intermediate()));
        return Projections.FLOAT32.linear(g, inner.gelu(), t.intermediate(), new Projections.Part("fc2", t.hidden()));
    }

    /** Strided convolution with the end rows repeated: [time, hidden] to [ceil(time / stride), hidden]. */
    private static Value downsample(Graph g, Value rows, int stride) {
        int hidden = Math.toIntExact(rows.shape().known(1));
        Value x = rows.in(g).reshape(1, -1, hidden).transpose(0, 2, 1);
        // stride - 1 rows behind complete the last frame; where none is incomplete, no frame reaches them
        x = x.pad(Value.Padding.REPLICATE, stride, stride - 1);
        x = Layers.conv(x, g.weight("weight", hidden, hidden, 2 * stride), null, Conv.strided(stride));
        return x.as(1, hidden, "frames").transpose(0, 2, 1).reshape(-1, hidden);
    }

    /**
     * Residual vector quantisation: the nearest code vector, then the nearest to what is left, and so on. The first
     * group has a projection of its own, and what it leaves is not passed on. x: [frames, hidden].
     */
    private static Value quantize(Graph g, Value x, CodecConfig.Encoder c) {
        Value[] codes = new Value[c.codeGroups()];
        Graph semantic = g.at("semantic_residual_vector_quantizer");
        codes[0] = nearest(project(semantic, x, c), codeVectors(semantic.at("layers.0.codebook"), c));
        Graph acoustic = g.at("acoustic_residual_vector_quantizer");
        Value rest = project(acoustic, x, c);
        for (int i = 1; i < codes.length; i++) {
            Value vectors = codeVectors(acoustic.at("layers." + (i - 1) + ".codebook"), c);
            codes[i] = nearest(rest, vectors);
            rest = rest.minus(vectors.gather(codes[i]));
        }
        for (int i = 0; i < codes.length; i++) {
            codes[i] = codes[i].reshape(-1, 1);
        }
        return Value.concat(1, codes);
    }

    private static Value project(Graph g, Value x, CodecConfig.Encoder c) {
        int hidden = c.transformer().hidden();
        Value weight = g.weight("input_proj.weight", c.codebookDim(), hidden, 1).in(g);
        return Layers.linear(x.in(g), weight.reshape(c.codebookDim(), hidden), null);
    }

    /** Rows of embed_sum / max(cluster_usage, 1e-5): [codebookSize, codebookDim]. */
    private static Value codeVectors(Graph g, CodecConfig.Encoder c) {
        Value sums = g.weight("embed_sum", c.codebookSize(), c.codebookDim());
        Value usage = g.weight("cluster_usage", c.codebookSize());
        return sums.in(g).over(usage.in(g).atLeast(1e-5f).reshape(-1, 1));
    }

    /** The row e that is nearest to x has the largest {@code x e - |e|^2 / 2}; the first one on ties. */
    private static Value nearest(Value x, Value vectors) {
        Value halfNorms = vectors.times(vectors).sum(1).reshape(-1).times(-0.5f);
        return Layers.linear(x, vectors, halfNorms).argMax();
    }
}
