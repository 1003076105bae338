package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.quantize.PackedMatrix;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.DecodeAttention;
import io.github.qwen3tts.internal.runtime.cuda.DeviceKvCache;
import io.github.qwen3tts.internal.runtime.cuda.DeviceMatrix;
import io.github.qwen3tts.internal.runtime.cuda.DeviceMemory;
import io.github.qwen3tts.internal.runtime.cuda.HeadLayout;
import io.github.qwen3tts.internal.runtime.cuda.Launch;
import io.github.qwen3tts.internal.runtime.cuda.LinearLaunches;
import io.github.qwen3tts.internal.runtime.cuda.LinearResidual;
import io.github.qwen3tts.internal.runtime.cuda.QkNormRopeAppend;
import io.github.qwen3tts.internal.runtime.cuda.RmsNormLinear;
import io.github.qwen3tts.internal.runtime.cuda.RowTable;
import io.github.qwen3tts.internal.runtime.cuda.Rows;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers that talker and code predictor have in common, with their caches and scratch memory. Any rows of any slots
 * may go through together; each row attends to its slot's cache up to its own position.
 */
final class TransformerNetwork {

    private record Layer(
            RmsNormLinear qkv,
            QkNormRopeAppend rope,
            LinearResidual out,
            RmsNormLinear gate,
            LinearResidual down,
            DeviceKvCache.Layer cache) {}

    /**
     * Sizes.
     *
     * @param rows      the most rows of a pass
     * @param slots     caches
     * @param positions room of a cache
     */
    record Sizes(int rows, int slots, int positions) {}

    private final TransformerConfig c;
    private final DecodeAttention attention;
    private final DeviceKvCache caches;
    private final List<Layer> layers = new ArrayList<>();
    private final long finalNorm;
    private final long qkv; // [rows, (heads + 2 kvHeads) * headDim]
    private final long attended; // [rows, heads * headDim]
    private final long gated; // [rows, intermediate]
    private final long tickets;
    private final long ticketBytes;

    /** {@code path} is that of the module that holds {@code layers} and {@code norm}. */
    TransformerNetwork(
            DeviceMemory memory,
            DeviceWeights weights,
            String path,
            TransformerConfig config,
            WeightFormat format,
            Sizes sizes) {
        c = config;
        HeadLayout heads = new HeadLayout(c.heads(), c.kvHeads(), c.headDim());
        qkv = memory.take(path + " qkv", floats(sizes.rows(), heads.qkvWidth()));
        attended = memory.take(path + " attended", floats(sizes.rows(), heads.queryWidth()));
        gated = memory.take(path + " gated", floats(sizes.rows(), c.intermediate()));
        ticketBytes = DecodeAttention.ticketBytes(heads, sizes.rows());
        tickets = memory.take(path + " tickets", ticketBytes);
        attention = new DecodeAttention(
                heads,
                memory.take(
                        path + " attention chunks",
                        DecodeAttention.partialBytes(heads, sizes.rows(), sizes.positions())),
                tickets);
        long frequencies = weights.floats(
                path + " frequencies", c.headDim() / 2, () -> RotaryFrequencies.of(c.headDim(), c.ropeTheta()));
        caches = DeviceKvCache.take(
                memory,
                path + " keys and values",
                new DeviceKvCache.Shape(c.layers(), c.kvHeads(), c.headDim(), sizes.slots(), sizes.positions()));
        for (int i = 0; i < c.layers(); i++) {
            String layer = path + ".layers." + i;
            layers.add(layer(weights, layer, format, heads, frequencies, caches.layer(i)));
        }
        finalNorm = weights.vector(path + ".norm.weight", c.hidden());
    }

    static long floats(int rows, int width) {
        return (long) rows * width * Float.BYTES;
    }

    private Layer layer(
            DeviceWeights weights,
            String path,
            WeightFormat format,
            HeadLayout heads,
            long frequencies,
            DeviceKvCache.Layer cache) {
        String attn = path + ".self_attn";
        String mlp = path + ".mlp";
        return new Layer(
                queryKeyValue(weights, path, format, c),
                new QkNormRopeAppend(
                        heads,
                        weights.vector(attn + ".q_norm.weight", c.headDim()),
                        weights.vector(attn + ".k_norm.weight", c.headDim()),
                        c.normEps(),
                        frequencies),
                new LinearResidual(
                        weights.matrix(format, attn, c.queryWidth(), new PackedMatrix.Part("o_proj", c.hidden())),
                        0,
                        0),
                gateUp(weights, path, format, c),
                new LinearResidual(
                        weights.matrix(format, mlp, c.intermediate(), new PackedMatrix.Part("down_proj", c.hidden())),
                        0,
                        0),
                cache);
    }

    /** The three projections of a layer's attention as one matrix, behind its norm. */
    static RmsNormLinear queryKeyValue(DeviceWeights weights, String path, WeightFormat format, TransformerConfig c) {
        return RmsNormLinear.normed(
                weights.matrix(
                        format,
                        path + ".self_attn",
                        c.hidden(),
                        new PackedMatrix.Part("q_proj", c.queryWidth()),
                        new PackedMatrix.Part("k_proj", c.kvWidth()),
                        new PackedMatrix.Part("v_proj", c.kvWidth())),
                weights.vector(path + ".input_layernorm.weight", c.hidden()),
                c.normEps());
    }

    /** The first two projections of a layer's SwiGLU as one matrix, behind its norm. */
    static RmsNormLinear gateUp(DeviceWeights weights, String path, WeightFormat format, TransformerConfig c) {
        return RmsNormLinear.gate(
                weights.matrix(
                        format,
                        path + ".mlp",
                        c.hidden(),
                        new PackedMatrix.Part("gate_proj", c.intermediate()),
                        new PackedMatrix.Part("up_proj", c.intermediate())),
                weights.vector(path + ".post_attention_layernorm.weight", c.hidden()),
                c.normEps());
    }

    /** What has to be zero before the first pass. */
    void clear(CudaDevice device) {
        device.clear(tickets, ticketBytes);
    }

    /** Keys and values of all layers. */
    DeviceKvCache caches() {
        return caches;
    }

    /** A head behind the final norm. */
    RmsNormLinear head(DeviceMatrix weights) {
        return RmsNormLinear.normed(weights, finalNorm, c.normEps());
    }

    /** All layers; x [rows, hidden] in place. The final norm is the head's. */
    void pass(Rows x, RowTable table, List<Launch> launches) {
        pass(x, table, LinearLaunches.PLAIN, launches);
    }

    /** The same as with plain launches, to the last bit, in fewer; no two rows are of one slot. */
    void step(Rows x, RowTable table, List<Launch> launches) {
        layers(
                x,
                LinearLaunches.PLAIN,
                launches,
                (layer, projected, seen) ->
                        launches.add(attention.step(layer.rope(), projected, layer.cache(), table, seen)));
    }

    /** The same with other launches of the linear layers. */
    void pass(Rows x, RowTable table, LinearLaunches linear, List<Launch> launches) {
        layers(x, linear, launches, (layer, projected, seen) -> {
            launches.add(layer.rope().launch(projected, layer.cache(), table));
            launches.add(attention.launch(projected, layer.cache(), table, seen));
        });
    }

    /** From {@code projected}, queries, keys and values, to {@code seen}. */
    private interface Attending {
        void attend(Layer layer, Rows projected, Rows seen);
    }

    private void layers(Rows x, LinearLaunches linear, List<Launch> launches, Attending attending) {
        int rows = x.rows();
        HeadLayout heads = attention.layout();
        Rows projected = new Rows(qkv, rows, heads.qkvWidth());
        Rows seen = new Rows(attended, rows, heads.queryWidth());
        Rows widened = new Rows(gated, rows, c.intermediate());
        for (Layer layer : layers) {
            launches.addAll(linear.of(layer.qkv(), x, projected));
            attending.attend(layer, projected, seen);
            launches.addAll(linear.of(layer.out(), seen, x));
            launches.addAll(linear.of(layer.gate(), x, widened));
            launches.addAll(linear.of(layer.down(), widened, x));
        }
    }
}
