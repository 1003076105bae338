package io.github.qwen3tts.model.cuda;

import io.github.qwen3tts.api.Check;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.checkpoint.CodecConfig;
import io.github.qwen3tts.checkpoint.TransformerConfig;
import io.github.qwen3tts.quantize.PackedMatrix;
import io.github.qwen3tts.runtime.cuda.Activation;
import io.github.qwen3tts.runtime.cuda.CausalConv;
import io.github.qwen3tts.runtime.cuda.CodecStreams;
import io.github.qwen3tts.runtime.cuda.ConvNext;
import io.github.qwen3tts.runtime.cuda.Device;
import io.github.qwen3tts.runtime.cuda.DeviceMatrix;
import io.github.qwen3tts.runtime.cuda.DeviceMemory;
import io.github.qwen3tts.runtime.cuda.Launch;
import io.github.qwen3tts.runtime.cuda.LinearResidual;
import io.github.qwen3tts.runtime.cuda.RmsNormLinear;
import io.github.qwen3tts.runtime.cuda.Rows;
import io.github.qwen3tts.runtime.cuda.RvqLookup;
import io.github.qwen3tts.runtime.cuda.SlotTable;
import io.github.qwen3tts.runtime.cuda.TransposedConv;
import io.github.qwen3tts.runtime.cuda.WindowAttention;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The codec decoder on a device, all fp32: weights, the streams' states, and the launches of one frame in their order.
 * Time runs down the rows of every activation. Immutable once built; built twice, first against a prediction of memory.
 */
final class CodecNetwork {

    private static final float LAYER_NORM_EPS = 1e-6f;
    private static final int KERNEL = 7;

    private record TransformerLayer(
            RmsNormLinear qkv,
            WindowAttention attention,
            LinearResidual out,
            RmsNormLinear gate,
            LinearResidual down) {}

    /** Transposed convolution, then a ConvNeXt block. */
    private record Upsampling(RmsNormLinear spread, ConvNext mix, RmsNormLinear widen, LinearResidual narrow) {}

    /** Activated copy for {@code first}, whose activated result {@code second} reads. */
    private record Unit(CausalConv.Snake snake1, CausalConv first, CausalConv.Snake snake2, CausalConv second) {}

    private record Block(CausalConv.Snake snake, CausalConv spread, List<Unit> units) {}

    private final CodecConfig.Decoder c;
    private final int samplesPerFrame;
    private final DeviceWeights weights;
    private long stateFloats; // of one stream, added up while layers are made

    private final RvqLookup lookup;
    private final RmsNormLinear latent;
    private final CausalConv preConv;
    private final RmsNormLinear inputProjection;
    private final List<TransformerLayer> layers = new ArrayList<>();
    private final RmsNormLinear outputProjection;
    private final List<Upsampling> upsamplings = new ArrayList<>();
    private final CausalConv stackStart;
    private final List<Block> blocks = new ArrayList<>();
    private final CausalConv.Snake lastSnake;
    private final CausalConv stackEnd;

    private final int maxStreams;
    private final SlotTable slots;
    private final long state; // [states, stateFloats]
    private final long codes; // [streams, groups] ints
    private final long slotIds; // [streams] ints
    private final long samples; // [streams, samplesPerFrame]
    private final long[] buffers = new long[4]; // each takes the largest activation of all streams

    /**
     * Takes memory for everything.
     *
     * @param memory     where from
     * @param checkpoint configuration and weights
     * @param maxStreams decoded together at most
     * @param states     streams and kept states
     */
    CodecNetwork(DeviceMemory memory, Checkpoint checkpoint, int maxStreams, int states) {
        c = checkpoint.codec().decoder();
        samplesPerFrame = checkpoint.codec().samplesPerFrame();
        this.maxStreams = Buckets.of(maxStreams);
        weights = new DeviceWeights(memory, checkpoint.codecWeights(), Optional.empty());
        TransformerConfig t = c.transformer();
        if (t.heads() != t.kvHeads() || t.headDim() > 128) {
            throw new DeviceException(Check.message(
                            "no codec attention kernel for these heads",
                            "heads",
                            t.heads(),
                            "kvHeads",
                            t.kvHeads(),
                            "headDim",
                            t.headDim())
                    + "; use the CPU");
        }

        int width = c.codebookDim() / 2;
        lookup = new RvqLookup(
                weights.floats("codebooks", c.codeGroups() * c.codebookSize() * width, () -> codebooks(width)),
                c.codeGroups(),
                c.codebookSize(),
                width);
        latent = RmsNormLinear.plain(
                weights.matrix(
                        "quantizer projection", c.codebookDim(), c.codebookDim(), () -> quantizerProjection(width)),
                0,
                Activation.NONE);
        preConv = conv("decoder.pre_conv.conv", new CausalConv.Shape(1, c.codebookDim(), c.latent(), 3, 1));
        inputProjection = projection("decoder.pre_transformer.input_proj", c.latent(), t.hidden());
        long frequencies =
                weights.floats("frequencies", t.headDim() / 2, () -> RotaryFrequencies.of(t.headDim(), t.ropeTheta()));
        for (int i = 0; i < t.layers(); i++) {
            layers.add(layer("decoder.pre_transformer.layers." + i, frequencies));
        }
        String pre = "decoder.pre_transformer.";
        outputProjection = new RmsNormLinear(
                matrix(pre.substring(0, pre.length() - 1), "output_proj", t.hidden(), c.latent()),
                weights.vector(pre + "norm.weight", t.hidden()),
                t.normEps(),
                weights.vector(pre + "output_proj.bias", c.latent()),
                Activation.NONE);
        int steps = 1;
        for (int u = 0; u < c.upsamplingRatios().length; u++) {
            steps *= c.upsamplingRatios()[u];
            upsamplings.add(upsampling("decoder.upsample." + u, steps, c.upsamplingRatios()[u]));
        }
        int channels = c.decoderChannels();
        stackStart = conv("decoder.decoder.0.conv", new CausalConv.Shape(steps, c.latent(), channels, KERNEL, 1));
        for (int b = 1; b <= c.upsampleRates().length; b++) {
            int stride = c.upsampleRates()[b - 1];
            blocks.add(block("decoder.decoder." + b + ".block", steps, channels, stride));
            steps *= stride;
            channels /= 2;
        }
        String last = "decoder.decoder." + (c.upsampleRates().length + 1);
        lastSnake = snake(last, channels, 1);
        stackEnd = conv(
                "decoder.decoder." + (c.upsampleRates().length + 2) + ".conv",
                new CausalConv.Shape(steps, channels, 1, KERNEL, 1));

        state = memory.take("codec states", states * stateFloats * Float.BYTES);
        slots = new SlotTable(0, memory.take("codec progress", (long) states * SlotTable.PROGRESS_BYTES));
        codes = memory.take("codec codes", (long) this.maxStreams * c.codeGroups() * Integer.BYTES);
        slotIds = memory.take("codec slots", (long) this.maxStreams * Integer.BYTES);
        samples = memory.take("samples", TransformerNetwork.floats(this.maxStreams, samplesPerFrame));
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = memory.take("codec activations", TransformerNetwork.floats(this.maxStreams, largestFrame()));
        }
    }

    /** Code vectors of all groups, one after the other: embedding_sum / max(cluster_usage, 1e-5). */
    private float[] codebooks(int width) {
        float[] all = new float[c.codeGroups() * c.codebookSize() * width];
        for (int group = 0; group < c.codeGroups(); group++) {
            String name = "decoder.quantizer.rvq_"
                    + (group == 0 ? "first.vq.layers.0" : "rest.vq.layers." + (group - 1)) + "._codebook.";
            float[] sums = weights.read(name + "embedding_sum", c.codebookSize(), width);
            float[] usage = weights.read(name + "cluster_usage", c.codebookSize());
            for (int i = 0; i < sums.length; i++) {
                all[group * sums.length + i] = sums[i] / Math.max(usage[i / width], 1e-5f);
            }
        }
        return all;
    }

    /** The output projections of both families side by side: {@code [codebookDim, 2 * width]}. */
    private float[] quantizerProjection(int width) {
        int outputs = c.codebookDim();
        float[] both = new float[outputs * 2 * width];
        for (int family = 0; family < 2; family++) {
            float[] weight = weights.read(
                    "decoder.quantizer.rvq_" + (family == 0 ? "first" : "rest") + ".output_proj.weight",
                    outputs,
                    width,
                    1);
            for (int o = 0; o < outputs; o++) {
                System.arraycopy(weight, o * width, both, (2 * o + family) * width, width);
            }
        }
        return both;
    }

    private DeviceMatrix matrix(String path, String name, int inputs, int outputs) {
        return weights.matrix(WeightFormat.FP32, path, inputs, new PackedMatrix.Part(name, outputs));
    }

    /** A layer with bias at {@code path}. */
    private RmsNormLinear projection(String path, int inputs, int outputs) {
        return biased(path, inputs, outputs, Activation.NONE);
    }

    private RmsNormLinear biased(String path, int inputs, int outputs, Activation activation) {
        int dot = path.lastIndexOf('.');
        return RmsNormLinear.plain(
                matrix(path.substring(0, dot), path.substring(dot + 1), inputs, outputs),
                weights.vector(path + ".bias", outputs),
                activation);
    }

    private CausalConv conv(String path, CausalConv.Shape shape) {
        return conv(
                path,
                shape,
                () -> weights.read(path + ".weight", shape.outputs(), shape.channels(), shape.taps()),
                () -> weights.read(path + ".bias", shape.outputs()));
    }

    private CausalConv conv(String path, CausalConv.Shape shape, Supplier<float[]> kernel, Supplier<float[]> bias) {
        return new CausalConv(
                shape,
                weights.floats(path, shape.weightFloats(), () -> shape.pack(kernel.get())),
                weights.floats(path + ".bias", shape.outputs(), bias),
                takeState(shape.stateFloats()));
    }

    /** A bias for each of a row's {@code stride} steps. */
    private Supplier<float[]> repeatedBias(String path, int outputs, int stride) {
        return () -> TransposedConv.repeat(weights.read(path, outputs), stride);
    }

    private long takeState(long floats) {
        long offset = stateFloats;
        stateFloats += floats;
        return offset;
    }

    private TransformerLayer layer(String path, long frequencies) {
        TransformerConfig t = c.transformer();
        String attn = path + ".self_attn";
        String mlp = path + ".mlp";
        return new TransformerLayer(
                RmsNormLinear.normed(
                        weights.matrix(
                                WeightFormat.FP32,
                                attn,
                                t.hidden(),
                                new PackedMatrix.Part("q_proj", t.queryWidth()),
                                new PackedMatrix.Part("k_proj", t.kvWidth()),
                                new PackedMatrix.Part("v_proj", t.kvWidth())),
                        weights.vector(path + ".input_layernorm.weight", t.hidden()),
                        t.normEps()),
                new WindowAttention(
                        t.heads(),
                        t.headDim(),
                        c.window(),
                        frequencies,
                        takeState(WindowAttention.stateFloats(t.queryWidth(), c.window()))),
                new LinearResidual(
                        matrix(attn, "o_proj", t.queryWidth(), t.hidden()),
                        weights.vector(path + ".self_attn_layer_scale.scale", t.hidden()),
                        0),
                RmsNormLinear.gate(
                        weights.matrix(
                                WeightFormat.FP32,
                                mlp,
                                t.hidden(),
                                new PackedMatrix.Part("gate_proj", t.intermediate()),
                                new PackedMatrix.Part("up_proj", t.intermediate())),
                        weights.vector(path + ".post_attention_layernorm.weight", t.hidden()),
                        t.normEps()),
                new LinearResidual(
                        matrix(mlp, "down_proj", t.intermediate(), t.hidden()),
                        weights.vector(path + ".mlp_layer_scale.scale", t.hidden()),
                        0));
    }

    /** {@code steps} are those after the spreading. */
    private Upsampling upsampling(String path, int steps, int stride) {
        int width = c.latent();
        CausalConv.Shape shape = TransposedConv.shape(steps / stride, width, width, stride, stride);
        String conv = path + ".0.conv";
        RmsNormLinear spread = RmsNormLinear.plain(
                weights.matrix(
                        conv,
                        stride * width,
                        width,
                        () -> TransposedConv.reorder(
                                weights.read(conv + ".weight", width, width, stride), width, stride, shape)),
                weights.floats(conv + ".bias", stride * width, repeatedBias(conv + ".bias", width, stride)),
                Activation.NONE);
        String next = path + ".1";
        ConvNext mix = new ConvNext(
                steps,
                width,
                KERNEL,
                new ConvNext.Parameters(
                        weights.floats(
                                next + ".dwconv.conv",
                                KERNEL * width,
                                () -> depthwise(next + ".dwconv.conv.weight", width)),
                        weights.vector(next + ".dwconv.conv.bias", width),
                        weights.vector(next + ".norm.weight", width),
                        weights.vector(next + ".norm.bias", width)),
                LAYER_NORM_EPS,
                takeState(ConvNext.stateFloats(width, KERNEL)));
        return new Upsampling(
                spread,
                mix,
                biased(next + ".pwconv1", width, 4 * width, Activation.GELU),
                new LinearResidual(
                        matrix(next, "pwconv2", 4 * width, width),
                        weights.vector(next + ".gamma", width),
                        weights.vector(next + ".pwconv2.bias", width)));
    }

    /** {@code [channels, 1, taps]} as published to {@code [taps, channels]}. */
    private float[] depthwise(String name, int channels) {
        float[] published = weights.read(name, channels, 1, KERNEL);
        float[] turned = new float[published.length];
        for (int i = 0; i < published.length; i++) {
            turned[i % KERNEL * channels + i / KERNEL] = published[i];
        }
        return turned;
    }

    private Block block(String path, int steps, int channels, int stride) {
        int outputs = channels / 2;
        CausalConv.Shape shape = TransposedConv.shape(steps, channels, outputs, stride, 2 * stride);
        String conv = path + ".1.conv";
        CausalConv spread = conv(
                conv,
                shape,
                () -> TransposedConv.reorder(
                        weights.read(conv + ".weight", channels, outputs, 2 * stride), outputs, stride, shape),
                repeatedBias(conv + ".bias", outputs, stride));
        List<Unit> units = new ArrayList<>();
        int dilation = 1;
        for (int u = 2; u <= 4; u++) {
            String unit = path + "." + u;
            int repeated = u == 2 ? stride : 1; // the first unit's input is made by the spreading, whose rows hold more
            units.add(new Unit(
                    snake(unit + ".act1", outputs, repeated),
                    conv(
                            unit + ".conv1.conv",
                            new CausalConv.Shape(steps * stride, outputs, outputs, KERNEL, dilation)),
                    snake(unit + ".act2", outputs, 1),
                    conv(unit + ".conv2.conv", new CausalConv.Shape(steps * stride, outputs, outputs, 1, 1))));
            dilation *= 3;
        }
        return new Block(snake(path + ".0", channels, 1), spread, units);
    }

    /** {@code exp(alpha)} and {@code 1 / (exp(beta) + 1e-9)}, per output of what makes the activated copy. */
    private CausalConv.Snake snake(String path, int channels, int repeated) {
        return new CausalConv.Snake(
                snakeParameter(path + ".alpha", channels, repeated, alpha -> (float) Math.exp(alpha)),
                snakeParameter(path + ".beta", channels, repeated, beta -> 1 / ((float) Math.exp(beta) + 1e-9f)));
    }

    private long snakeParameter(String name, int channels, int repeated, UnaryOperator<Float> outOfLogScale) {
        return weights.floats(name, repeated * channels, () -> {
            float[] values = weights.read(name, channels);
            for (int i = 0; i < channels; i++) {
                values[i] = outOfLogScale.apply(values[i]);
            }
            return TransposedConv.repeat(values, repeated);
        });
    }

    /** Floats of the largest activation of one stream's frame. */
    private int largestFrame() {
        TransformerConfig t = c.transformer();
        int largest = Math.max(2 * c.codebookDim(), Math.max(3 * t.queryWidth(), t.intermediate()));
        int steps = 1;
        for (int ratio : c.upsamplingRatios()) {
            steps *= ratio;
            largest = Math.max(largest, steps * 4 * c.latent());
        }
        largest = Math.max(largest, steps * c.decoderChannels());
        int channels = c.decoderChannels();
        for (int rate : c.upsampleRates()) {
            steps *= rate;
            channels /= 2;
            largest = Math.max(largest, steps * channels);
        }
        return largest;
    }

    void load(Device device) {
        weights.upload(device);
    }

    /**
     * One frame of up to {@code rows} streams, from {@link #codes} to {@link #samples}.
     *
     * @param rows a bucket
     */
    List<Launch> frame(int rows) {
        List<Launch> launches = new ArrayList<>();
        CodecStreams streams = new CodecStreams(slotIds, slots, state, stateFloats, rows);
        Rows summed = rows(0, rows, c.codebookDim());
        Rows vectors = rows(1, rows, c.codebookDim());
        Rows wide = rows(0, rows, c.latent());
        launches.add(lookup.launch(codes, summed));
        launches.add(latent.launch(summed, vectors));
        launches.add(preConv.launch(vectors, streams, CausalConv.Result.to(wide)));
        Rows narrow = rows(1, rows, c.transformer().hidden());
        launches.add(inputProjection.launch(wide, narrow));
        transform(narrow, streams, launches);
        launches.add(outputProjection.launch(narrow, wide));
        Rows x = upsample(wide, streams, launches);
        stack(x, streams, launches);
        launches.add(streams.frameEnd());
        return launches;
    }

    private Rows rows(int buffer, int rows, int width) {
        return new Rows(buffers[buffer], rows, width);
    }

    private void transform(Rows x, CodecStreams streams, List<Launch> launches) {
        TransformerConfig t = c.transformer();
        Rows qkv = rows(2, x.rows(), 3 * t.queryWidth());
        Rows attended = rows(3, x.rows(), t.queryWidth());
        Rows gated = rows(2, x.rows(), t.intermediate());
        for (TransformerLayer layer : layers) {
            launches.add(layer.qkv().launch(x, qkv));
            launches.add(layer.attention().launch(qkv, streams, attended));
            launches.add(layer.out().launch(attended, x));
            launches.add(layer.gate().launch(x, gated));
            launches.add(layer.down().launch(gated, x));
        }
    }

    /** From and to buffer 0 or 1, in turns. */
    private Rows upsample(Rows x, CodecStreams streams, List<Launch> launches) {
        int width = c.latent();
        Rows from = x;
        int to = 1;
        for (Upsampling stage : upsamplings) {
            int outputs = stage.spread().weights().outputs();
            Rows spread = rows(to, from.rows(), outputs);
            launches.add(stage.spread().launch(from, spread));
            Rows steps = spread.reshape(width);
            Rows mixed = rows(2, steps.rows(), width);
            launches.add(stage.mix().launch(steps, streams, mixed));
            Rows widened = rows(3, steps.rows(), 4 * width);
            launches.add(stage.widen().launch(mixed, widened));
            launches.add(stage.narrow().launch(widened, steps));
            from = steps;
            to = 1 - to;
        }
        return from;
    }

    /**
     * The convolution stack. Every convolution reads an activated copy that the one before has made; the residual
     * stream is kept beside it.
     */
    private void stack(Rows x, CodecStreams streams, List<Launch> launches) {
        int from = x.address() == buffers[0] ? 0 : 1;
        int activated = 1 - from;
        int other = from;
        Rows in = rows(activated, x.rows(), c.decoderChannels());
        launches.add(stackStart.launch(
                x, streams, CausalConv.Result.activated(blocks.get(0).snake(), in)));
        for (int b = 0; b < blocks.size(); b++) {
            Block block = blocks.get(b);
            CausalConv.Shape shape = block.spread().shape();
            Rows raw = rows(2, in.rows(), shape.outputs());
            Rows ready = rows(other, in.rows(), shape.outputs());
            Unit firstUnit = block.units().get(0);
            launches.add(block.spread()
                    .launch(in, streams, CausalConv.Result.to(raw).andActivated(firstUnit.snake1(), ready)));
            int channels = firstUnit.first().shape().channels();
            raw = raw.reshape(channels);
            ready = ready.reshape(channels);
            Rows h = rows(3, raw.rows(), channels);
            for (int u = 0; u < block.units().size(); u++) {
                Unit unit = block.units().get(u);
                launches.add(unit.first().launch(ready, streams, CausalConv.Result.activated(unit.snake2(), h)));
                boolean lastUnit = u == block.units().size() - 1;
                CausalConv.Snake next =
                        lastUnit ? after(b) : block.units().get(u + 1).snake1();
                CausalConv.Result result = lastUnit
                        ? CausalConv.Result.activated(next, ready).plus(raw)
                        : CausalConv.Result.to(raw).plus(raw).andActivated(next, ready);
                launches.add(unit.second().launch(h, streams, result));
            }
            in = ready;
            int free = activated;
            activated = other;
            other = free;
        }
        Rows out = new Rows(samples, in.rows(), 1);
        launches.add(stackEnd.launch(in, streams, CausalConv.Result.to(out).clamped()));
    }

    /** The activation behind a block: the next one's, or that of the last convolution. */
    private CausalConv.Snake after(int block) {
        return block + 1 < blocks.size() ? blocks.get(block + 1).snake() : lastSnake;
    }

    int maxStreams() {
        return maxStreams;
    }

    int codeGroups() {
        return c.codeGroups();
    }

    int samplesPerFrame() {
        return samplesPerFrame;
    }

    long codes() {
        return codes;
    }

    long slotIds() {
        return slotIds;
    }

    long samples() {
        return samples;
    }

    long stateBytes() {
        return stateFloats * Float.BYTES;
    }

    long state(int slot) {
        return state + slot * stateBytes();
    }

    long progress(int slot) {
        return slots.progress() + (long) slot * SlotTable.PROGRESS_BYTES;
    }
}
