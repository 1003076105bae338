package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.runtime.cuda.Activation;
import io.github.qwen3tts.internal.runtime.cuda.CausalConv;
import io.github.qwen3tts.internal.runtime.cuda.CodecStreams;
import io.github.qwen3tts.internal.runtime.cuda.ConvNext;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.DeviceMemory;
import io.github.qwen3tts.internal.runtime.cuda.Launch;
import io.github.qwen3tts.internal.runtime.cuda.LinearResidual;
import io.github.qwen3tts.internal.runtime.cuda.RmsNormLinear;
import io.github.qwen3tts.internal.runtime.cuda.Rows;
import io.github.qwen3tts.internal.runtime.cuda.RvqLookup;
import io.github.qwen3tts.internal.runtime.cuda.SlotTable;
import io.github.qwen3tts.internal.runtime.cuda.TransposedConv;
import io.github.qwen3tts.internal.runtime.cuda.WindowAttention;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    private final CodecWeights tensors;
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
        tensors = new CodecWeights(weights, c);
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

        lookup = tensors.lookup();
        latent = tensors.quantizerProjection();
        preConv = conv("decoder.pre_conv.conv", new CausalConv.Shape(1, c.codebookDim(), c.latent(), 3, 1));
        inputProjection = tensors.biased("decoder.pre_transformer.input_proj", c.latent(), t.hidden(), Activation.NONE);
        long frequencies =
                weights.floats("frequencies", t.headDim() / 2, () -> RotaryFrequencies.of(t.headDim(), t.ropeTheta()));
        for (int i = 0; i < t.layers(); i++) {
            layers.add(layer("decoder.pre_transformer.layers." + i, frequencies));
        }
        String pre = "decoder.pre_transformer.";
        outputProjection = new RmsNormLinear(
                tensors.matrix(pre.substring(0, pre.length() - 1), "output_proj", t.hidden(), c.latent()),
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
        lastSnake = tensors.snake(last, channels, 1);
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

    private CausalConv conv(String path, CausalConv.Shape shape) {
        return tensors.conv(path, shape, takeState(shape.stateFloats()));
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
                TransformerNetwork.queryKeyValue(weights, path, WeightFormat.FP32, t),
                new WindowAttention(
                        t.heads(),
                        t.headDim(),
                        c.window(),
                        frequencies,
                        takeState(WindowAttention.stateFloats(t.queryWidth(), c.window()))),
                new LinearResidual(
                        tensors.matrix(attn, "o_proj", t.queryWidth(), t.hidden()),
                        weights.vector(path + ".self_attn_layer_scale.scale", t.hidden()),
                        0),
                TransformerNetwork.gateUp(weights, path, WeightFormat.FP32, t),
                new LinearResidual(
                        tensors.matrix(mlp, "down_proj", t.intermediate(), t.hidden()),
                        weights.vector(path + ".mlp_layer_scale.scale", t.hidden()),
                        0));
    }

    /** {@code steps} are those after the spreading. */
    private Upsampling upsampling(String path, int steps, int stride) {
        int width = c.latent();
        CausalConv.Shape shape = TransposedConv.shape(steps / stride, width, width, stride, stride);
        RmsNormLinear spread = tensors.spread(path + ".0.conv", width, stride, shape);
        String next = path + ".1";
        ConvNext mix = new ConvNext(
                steps,
                width,
                KERNEL,
                new ConvNext.Parameters(
                        tensors.depthwise(next + ".dwconv.conv", width, KERNEL),
                        weights.vector(next + ".dwconv.conv.bias", width),
                        weights.vector(next + ".norm.weight", width),
                        weights.vector(next + ".norm.bias", width)),
                LAYER_NORM_EPS,
                takeState(ConvNext.stateFloats(width, KERNEL)));
        return new Upsampling(
                spread,
                mix,
                tensors.biased(next + ".pwconv1", width, 4 * width, Activation.GELU),
                new LinearResidual(
                        tensors.matrix(next, "pwconv2", 4 * width, width),
                        weights.vector(next + ".gamma", width),
                        weights.vector(next + ".pwconv2.bias", width)));
    }

    private Block block(String path, int steps, int channels, int stride) {
        int outputs = channels / 2;
        CausalConv.Shape shape = TransposedConv.shape(steps, channels, outputs, stride, 2 * stride);
        CausalConv spread =
                tensors.transposedConv(path + ".1.conv", outputs, stride, shape, takeState(shape.stateFloats()));
        List<Unit> units = new ArrayList<>();
        int dilation = 1;
        for (int u = 2; u <= 4; u++) {
            String unit = path + "." + u;
            int repeated = u == 2 ? stride : 1; // the first unit's input is made by the spreading, whose rows hold more
            units.add(new Unit(
                    tensors.snake(unit + ".act1", outputs, repeated),
                    conv(
                            unit + ".conv1.conv",
                            new CausalConv.Shape(steps * stride, outputs, outputs, KERNEL, dilation)),
                    tensors.snake(unit + ".act2", outputs, 1),
                    conv(unit + ".conv2.conv", new CausalConv.Shape(steps * stride, outputs, outputs, 1, 1))));
            dilation *= 3;
        }
        return new Block(tensors.snake(path + ".0", channels, 1), spread, units);
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

    void load(CudaDevice device) {
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
