package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Layers.Conv;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.onnx.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The codec decoder: codes to audio, strictly causal, so that it runs in pieces of any size. What a convolution or an
 * attention layer needs of the past is an input, and its successor an output; fed back, the pieces add up to the whole,
 * up to rounding.
 */
public final class CodecDecoderGraph {

    /**
     * A tensor carried from one run to the next; zero before the first.
     *
     * @param input  name of the graph's input
     * @param output name of the graph's output of the same shape
     * @param shape  row-major
     */
    public record Carry(String input, String output, long[] shape) {}

    /**
     * The graph and what it carries.
     *
     * @param model the graph
     * @param state everything a stream has to keep besides its frame count
     */
    public record Stateful(OnnxModel model, List<Carry> state) {}

    /** Taps of all convolutions over time but the first. */
    static final int KERNEL = 7;

    private static final int[] DILATIONS = {1, 3, 9};

    /** Adding it leaves no bits for a fraction: 1.5 * 2^23. */
    private static final float NO_FRACTION = 12_582_912f;

    /**
     * {@code sin(pi r)^2 = SCALE (r ((u + B) u + C))^2} with {@code u = z (z + A)} and {@code z = r^2}, for {@code |r| <=
     * 1/2}, to 1.4e-7 (minimax). Squares of polynomials take fewer passes than Horner's form.
     */
    private static final float SQUARED_SINE_A = -3.38319777f;

    private static final float SQUARED_SINE_B = 17.0734486f;
    private static final float SQUARED_SINE_C = 35.1148599f;
    private static final float SQUARED_SINE_SCALE = 8.00421347e-3f;

    private final CodecConfig.Decoder c;
    private final Graph root;
    private final Graph decoder;
    private final Projections projections;
    private final Convolutions convolutions;
    private final List<Carry> state = new ArrayList<>();

    /** Blocks are drawn into {@code root}. */
    CodecDecoderGraph(CodecConfig.Decoder config, Graph root, CodecMatrices matrices) {
        this.c = config;
        this.root = root;
        this.projections = matrices.projections();
        this.convolutions = matrices.convolutions();
        decoder = root.at("decoder");
    }

    /**
     * Codes to what the transformer reads, any number of frames at once. Input {@code codes [time, groups]}, 64-bit, and
     * the state. Outputs {@code embeddings [time, latent]} and the next state.
     *
     * @param checkpoint configuration and weights
     * @return the graph
     */
    public static Stateful embeddings(Checkpoint checkpoint) {
        Graph root = Graph.named("codec_decoder_embeddings", checkpoint.codecWeights());
        CodecDecoderGraph graph = new CodecDecoderGraph(checkpoint.codec().decoder(), root, CodecMatrices.FLOAT32);
        root.output("embeddings", graph.embeddings());
        return new Stateful(root.finish(), graph.state());
    }

    /**
     * The transformer, any number of frames at once. Inputs {@code embeddings [time, latent]}; {@code cos} and {@code
     * sin [time, headDim / 2]} of the frames' positions; {@code mask [time, window - 1 + time]}, 0 where a frame may look
     * and minus infinity elsewhere; and the state. Outputs {@code latents [time, latent]} and the next state.
     *
     * @param checkpoint configuration and weights
     * @param matrices   how they are multiplied
     * @return the graph
     */
    public static Stateful latents(Checkpoint checkpoint, CodecMatrices matrices) {
        Graph root = Graph.named("codec_decoder_latents", checkpoint.codecWeights());
        CodecDecoderGraph graph = new CodecDecoderGraph(checkpoint.codec().decoder(), root, matrices);
        root.output("latents", graph.latents());
        return new Stateful(root.finish(), graph.state());
    }

    /**
     * Latents to audio, where nearly all the work is. Inputs {@code latents [time, latent]} and the state. Outputs {@code
     * samples [samplesPerFrame * time]} and the next state.
     *
     * @param checkpoint configuration and weights
     * @param matrices   how they are multiplied, all but that of the last convolution
     * @return the graph
     */
    public static Stateful samples(Checkpoint checkpoint, CodecMatrices matrices) {
        Graph root = Graph.named("codec_decoder_samples", checkpoint.codecWeights());
        CodecDecoderGraph graph = new CodecDecoderGraph(checkpoint.codec().decoder(), root, matrices);
        root.output("samples", graph.samples());
        return new Stateful(root.finish(), graph.state());
    }

    /**
     * How far back audio depends on latents: the state of {@link #samples} after as many frames is the same whatever came
     * before.
     *
     * @param config of the codec
     * @return frames
     */
    public static int memory(CodecConfig config) {
        int row = config.samplesPerFrame(); // samples that one row stands for
        int samples = 0;
        for (int ratio : config.decoder().upsamplingRatios()) {
            row /= ratio;
            samples += (KERNEL - 1) * row;
        }
        samples += (KERNEL - 1) * row;
        for (int rate : config.decoder().upsampleRates()) {
            samples += row; // the transposed convolution sees the row before
            row /= rate;
            for (int dilation : DILATIONS) {
                samples += (KERNEL - 1) * dilation * row;
            }
        }
        samples += (KERNEL - 1) * row;
        return (samples + config.samplesPerFrame() - 1) / config.samplesPerFrame();
    }

    /** What the blocks drawn so far carry. */
    List<Carry> state() {
        return List.copyOf(state);
    }

    private Value embeddings() {
        Value codes = root.input("codes", ElementType.INT64, "time", c.codeGroups());
        Value x = dequantize(decoder.at("quantizer"), codes);
        return causalConv(decoder.at("pre_conv.conv"), x, c.latent(), 3, 1);
    }

    private Value latents() {
        Value embeddings = root.input("embeddings", ElementType.FLOAT, "time", c.latent());
        return preTransformer(decoder.at("pre_transformer"), embeddings);
    }

    private Value samples() {
        Value x = root.input("latents", ElementType.FLOAT, "time", c.latent());
        for (int u = 0; u < c.upsamplingRatios().length; u++) {
            Graph stage = decoder.at("upsample." + u);
            x = convolutions.transpose(stage.at("0.conv"), x, c.latent(), c.upsamplingRatios()[u], 1);
            x = convNeXt(stage.at("1"), x);
        }
        Graph stack = decoder.at("decoder");
        x = causalConv(stack.at("0.conv"), x, c.decoderChannels(), KERNEL, 1);
        int blocks = c.upsampleRates().length;
        for (int b = 1; b <= blocks; b++) {
            x = block(stack.at(b + ".block"), x, c.decoderChannels() >> b, c.upsampleRates()[b - 1]);
        }
        x = snake(stack.at(Integer.toString(blocks + 1)), x);
        Graph last = stack.at((blocks + 2) + ".conv");
        return toOneChannel(last, x).clamp(-1, 1);
    }

    /** Sum of the code vectors of all groups, projected: [time, groups] to [time, codebookDim]. */
    Value dequantize(Graph g, Value codes) {
        long[] one = new long[c.codeGroups()];
        Arrays.fill(one, 1);
        Value[] groups = codes.transpose(1, 0).split(0, one); // each [1, time]
        Value first = codeVectors(g.at("rvq_first.vq.layers.0._codebook"), groups[0]);
        Value rest = null;
        for (int q = 1; q < c.codeGroups(); q++) {
            Value vectors = codeVectors(g.at("rvq_rest.vq.layers." + (q - 1) + "._codebook"), groups[q]);
            rest = rest == null ? vectors : rest.plus(vectors);
        }
        return outputProjection(g.at("rvq_first"), first).plus(outputProjection(g.at("rvq_rest"), rest));
    }

    /** Rows of embedding_sum / max(cluster_usage, 1e-5): [1, time] to [time, codebookDim / 2]. */
    private Value codeVectors(Graph g, Value codes) {
        int width = c.codebookDim() / 2;
        Value row = codes.reshape(-1);
        Value sums = g.storedWeight("embedding_sum", c.codebookSize(), width);
        Value usage = g.weight("cluster_usage", c.codebookSize());
        return sums.in(g)
                .gather(row)
                .over(usage.in(g).atLeast(1e-5f).gather(row).reshape(-1, 1));
    }

    private Value outputProjection(Graph g, Value vectors) {
        int out = c.codebookDim();
        Value weight = g.weight("output_proj.weight", out, out / 2, 1).in(g).reshape(out, out / 2);
        return Layers.linear(vectors.in(g), weight, null);
    }

    /** Convolution that sees only the past: kernel k, taps d apart, (k - 1) d rows carried. x: [time, in]. */
    Value causalConv(Graph g, Value x, int out, int kernel, int dilation) {
        Value withPast = kernel == 1 ? x.in(g) : withPast(g, x, (kernel - 1) * dilation);
        return convolutions.convolve(g, withPast, out, kernel, dilation);
    }

    private Value withPast(Graph g, Value x, int rows) {
        return carried(g, "past", x, 0, rows, rows, width(x));
    }

    /** x with the carried values before it along an axis; its last steps become the next carry. */
    private Value carried(Graph g, String name, Value x, int axis, int steps, long... shape) {
        Carry carry = new Carry(g.path() + "." + name, g.path() + "." + name + ".next", shape);
        state.add(carry);
        Object[] dims = Arrays.stream(shape).boxed().toArray();
        Value past = root.input(carry.input(), ElementType.FLOAT, dims).in(g);
        Value all = Value.concat(axis, past, x);
        root.output(carry.output(), all.last(axis, steps));
        return all;
    }

    private static int width(Value x) {
        return Math.toIntExact(x.shape().known(1));
    }

    /** Layers over frames, each frame seeing the last {@code window} frames. x: [time, latent]. */
    Value preTransformer(Graph g, Value x) {
        TransformerConfig t = c.transformer();
        Value cos = root.input("cos", ElementType.FLOAT, "time", t.headDim() / 2);
        Value sin = root.input("sin", ElementType.FLOAT, "time", t.headDim() / 2);
        Value mask = root.input("mask", ElementType.FLOAT, "time", "window+time");
        Value rows = projections.linear(g, x, "input_proj", c.latent(), t.hidden());
        for (int i = 0; i < t.layers(); i++) {
            Graph layer = g.at("layers." + i);
            Value normed =
                    Layers.rmsNorm(rows.in(layer), layer.weight("input_layernorm.weight", t.hidden()), t.normEps());
            Value attended = windowAttention(layer.at("self_attn"), normed, cos, sin, mask);
            rows = rows.plus(attended.times(layer.weight("self_attn_layer_scale.scale", t.hidden())));
            normed = Layers.rmsNorm(
                    rows.in(layer), layer.weight("post_attention_layernorm.weight", t.hidden()), t.normEps());
            Value fed = DecoderLayers.swiGlu(layer.at("mlp"), normed, projections, t);
            rows = rows.plus(fed.times(layer.weight("mlp_layer_scale.scale", t.hidden())));
        }
        rows = Layers.rmsNorm(rows.in(g), g.weight("norm.weight", t.hidden()), t.normEps());
        return projections.linear(g, rows, "output_proj", t.hidden(), c.latent());
    }

    /** softmax(rope(q) rope(k)^T / sqrt(headDim) + mask) v, then o_proj. x: [time, hidden]. */
    private Value windowAttention(Graph g, Value x, Value cos, Value sin, Value mask) {
        TransformerConfig t = c.transformer();
        int width = t.queryWidth();
        Value qkv = projections.linear(
                g,
                x,
                t.hidden(),
                new Projections.Part("q_proj", width),
                new Projections.Part("k_proj", t.kvWidth()),
                new Projections.Part("v_proj", t.kvWidth()));
        Value[] parts = qkv.split(1, width, t.kvWidth(), t.kvWidth());
        Value start = root.longs(0);
        Value q = Layers.rotary(heads(parts[0], t.heads()), start, cos, sin);
        Value k = Layers.rotary(heads(parts[1], t.kvHeads()), start, cos, sin);
        Value v = heads(parts[2], t.kvHeads());
        int past = c.window() - 1;
        k = carried(g, "keys", k, 2, past, 1, t.kvHeads(), past, t.headDim());
        v = carried(g, "values", v, 2, past, 1, t.kvHeads(), past, t.headDim());
        Value scores = q.matMul(k.transpose(0, 1, 3, 2)).times((float) (1 / Math.sqrt(t.headDim())));
        Value attended = scores.plus(mask).softmax(-1).matMul(v); // [1, heads, time, headDim]
        Value rows = attended.transpose(0, 2, 1, 3).reshape(-1, width);
        return projections.linear(g, rows, width, new Projections.Part("o_proj", t.hidden()));
    }

    /** [time, heads * headDim] to [1, heads, time, headDim]. */
    private Value heads(Value x, int heads) {
        return x.reshape(1, -1, heads, c.transformer().headDim()).transpose(0, 2, 1, 3);
    }

    /** x + gamma * pwconv2(gelu(pwconv1(norm(dwconv(x))))), the depthwise convolution causal. x: [time, latent]. */
    Value convNeXt(Graph g, Value x) {
        int width = c.latent();
        Graph dw = g.at("dwconv.conv");
        Value columns = withPast(dw, x, KERNEL - 1).transpose(1, 0).reshape(1, width, -1);
        Value taps = dw.floats("weight", dw.weightFloats("weight", width, 1, KERNEL), width, 1, KERNEL);
        Value h = Layers.conv(columns, taps, dw.weight("bias", width), new Conv(1, 1, width));
        Value rows = h.in(g).reshape(width, -1).transpose(1, 0);
        rows = Layers.layerNorm(rows, g.weight("norm.weight", width), g.weight("norm.bias", width), 1e-6f);
        rows = projections.linear(g, rows, "pwconv1", width, 4 * width).gelu();
        rows = projections.linear(g, rows, "pwconv2", 4 * width, width);
        return x.in(g).plus(rows.in(g).times(g.weight("gamma", width)));
    }

    /** Snake, transposed convolution by {@code stride}, three residual units. x: [time, 2 * out]. */
    private Value block(Graph g, Value x, int out, int stride) {
        x = causalConvTranspose(g.at("1.conv"), snake(g.at("0"), x), out, stride);
        for (int unit = 0; unit < DILATIONS.length; unit++) {
            x = residualUnit(g.at(Integer.toString(unit + 2)), x, DILATIONS[unit]);
        }
        return x;
    }

    /** x + conv2(snake2(conv1(snake1(x)))). */
    Value residualUnit(Graph g, Value x, int dilation) {
        int width = width(x);
        Graph conv1 = g.at("conv1.conv");
        Value withPast = withPast(conv1, snake(g.at("act1"), x), (KERNEL - 1) * dilation);
        Value h = convolutions.convolveManyRows(conv1, withPast, width, dilation);
        h = causalConv(g.at("conv2.conv"), snake(g.at("act2"), h), width, 1, 1);
        return x.in(g).plus(h);
    }

    /** Transposed convolution of kernel 2 s, stride s, that sees one row of the past. x: [time, in]. */
    Value causalConvTranspose(Graph g, Value x, int out, int stride) {
        return convolutions.transpose(g, withPast(g, x, 1), out, stride, 2);
    }

    /**
     * Convolution to one channel: {@code y[t] = b + sum over k of w[k] x[t + k]}. Every row is multiplied with every tap
     * once, {@code p[k][t] = w[k] x[t]}, and {@code y[t]} is the sum of a diagonal, {@code p[k][t + k]}. Laid out in rows
     * that are one longer, the diagonals are columns. x: [time, in], result [time].
     */
    Value toOneChannel(Graph g, Value x) {
        int in = width(x);
        Value taps = g.weight("weight", 1, in, KERNEL).in(g).reshape(in, KERNEL).transpose(1, 0);
        Value rows = withPast(g, x, KERNEL - 1);
        Value products = Layers.linear(rows, taps, null).transpose(1, 0).reshape(-1);
        Value sheared = products.pad(Value.Padding.ZERO, 0, KERNEL).reshape(KERNEL, -1);
        Value sums = sheared.slice(1, 0, -KERNEL).sum(0).reshape(-1);
        return sums.plus(g.weight("bias", 1));
    }

    /** x + sin^2(e^alpha x) / (e^beta + 1e-9), per channel. x: [time, channels]. */
    Value snake(Graph g, Value x) {
        int width = width(x);
        float[] frequency = g.weightFloats("alpha", width);
        float[] magnitude = g.weightFloats("beta", width);
        for (int i = 0; i < width; i++) {
            frequency[i] = (float) (Math.exp(frequency[i]) / Math.PI);
            magnitude[i] = SQUARED_SINE_SCALE / ((float) Math.exp(magnitude[i]) + 1e-9f);
        }
        Value sine = squaredSineOfHalfTurns(x.in(g).times(g.floats("frequency", frequency, width)));
        return x.in(g).plus(sine.times(g.floats("magnitude", magnitude, width)));
    }

    /**
     * sin(pi x)^2 / {@link #SQUARED_SINE_SCALE}, for {@code |x| < 2^22}: a dozen products and sums, which the runtime
     * computes in vectors on all threads, where its Sin runs on one and takes twice as long.
     */
    private static Value squaredSineOfHalfTurns(Value x) {
        Value nearest = x.plus(NO_FRACTION).plus(-NO_FRACTION);
        Value r = x.minus(nearest);
        Value square = r.times(r);
        Value u = square.plus(SQUARED_SINE_A).times(square);
        Value sine = u.plus(SQUARED_SINE_B).times(u).plus(SQUARED_SINE_C).times(r);
        return sine.times(sine);
    }
}
