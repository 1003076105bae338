package io.github.qwen3tts.internal.onnx;

/** The layers of neural networks, as the single nodes ONNX and its runtime have for them. */
public final class Layers {

    private Layers() {}

    /** Whether a value can be broadcast into a shape without growing it. */
    private static boolean fits(Value part, Shape whole) {
        Shape broadcast = whole.broadcast(part.shape());
        return broadcast != null && broadcast.compatible(whole);
    }

    /** Whether a value, if there is one, is a number for each channel. */
    private static boolean isPerChannel(Value value, Object channels) {
        return value == null || value.shape().compatible(Shape.of(channels));
    }

    private static Object shape(Value value) {
        return value == null ? "none" : value.shape();
    }

    /**
     * {@code y = x * W^T + b}.
     *
     * @param x      {@code [rows, in]}
     * @param weight {@code [out, in]}
     * @param bias   {@code [out]}, or null for none
     * @return {@code [rows, out]}
     */
    public static Value linear(Value x, Value weight, Value bias) {
        Shape w = weight.shape();
        if (x.shape().rank() != 2
                || w.rank() != 2
                || !Shape.compatible(x.shape().dim(1), w.dim(1))
                || !isPerChannel(bias, w.dim(0))) {
            throw Graph.cannotAdd("Gemm", x, "weight", w, "bias", shape(bias));
        }
        Graph.Node node = x.graph().node("Gemm").in(x, weight);
        if (bias != null) {
            node.in(bias);
        }
        return node.with("transB", 1).one(x.type(), x.shape().with(1, w.dim(0)));
    }

    /**
     * {@code y = x * W}. A bias that is added to it is added on all threads; the runtime copies that of a {@link #linear}
     * into every row first, on one.
     *
     * @param x      {@code [rows, in]}
     * @param weight {@code [in, out]}
     * @return {@code [rows, out]}
     */
    public static Value product(Value x, Value weight) {
        Shape w = weight.shape();
        if (x.shape().rank() != 2
                || w.rank() != 2
                || !Shape.compatible(x.shape().dim(1), w.dim(0))) {
            throw Graph.cannotAdd("Gemm", x, "weight", w);
        }
        return x.graph().node("Gemm").in(x, weight).one(x.type(), x.shape().with(1, w.dim(1)));
    }

    /**
     * {@code y = x * W^T} with W in blocks of integers, {@code w = scale * (q - 2^(bits - 1))}. The inputs are rounded to
     * 8 bits on the way, each block of each row by a scale of its own.
     *
     * @param x         {@code [rows, in]}
     * @param values    {@code [out, blocks, bytes]}
     * @param scales    {@code [out, blocks]}
     * @param bits      of a weight: 4 or 8
     * @param blockSize weights that share a scale
     * @return {@code [rows, out]}
     */
    public static Value blockLinear(Value x, Value values, Value scales, int bits, int blockSize) {
        long in = x.shape().known(1);
        long out = values.shape().known(0);
        if (values.shape().known(1) != (in + blockSize - 1) / blockSize
                || values.shape().known(2) != (long) blockSize * bits / 8) {
            throw Graph.cannotAdd("MatMulNBits", x, "values", values.shape(), "bits", bits, "blockSize", blockSize);
        }
        return x.graph()
                .microsoft("MatMulNBits")
                .in(x, values, scales)
                .with("K", in)
                .with("N", out)
                .with("bits", bits)
                .with("block_size", blockSize)
                .with("accuracy_level", 4) // computes in integers; without it 8 bits are many times slower
                .one(x.type(), x.shape().with(1, out));
    }

    /**
     * Numbers as 8-bit integers: {@code scale * (values - zero)}.
     *
     * @param values any shape, 0 to 255
     * @param scale  one float
     * @param zero   one integer, 0 to 255
     */
    public record Rounded(Value values, Value scale, Value zero) {}

    /**
     * Rounds to 256 steps between the smallest and the largest element, zero being one of them.
     *
     * @param x any shape
     * @return the steps
     */
    public static Rounded roundToBytes(Value x) {
        Graph.Node node = x.graph().node("DynamicQuantizeLinear").in(x);
        Value values = node.out(ElementType.UINT8, x.shape());
        Value scale = node.out(ElementType.FLOAT, Shape.of());
        Value zero = node.out(ElementType.UINT8, Shape.of());
        node.add();
        return new Rounded(values, scale, zero);
    }

    /**
     * {@code y = x * W + b}, computed in integers.
     *
     * @param x      {@code [rows, in]}
     * @param values {@code [in, out]}, signed
     * @param scales {@code [out]}
     * @param bias   {@code [out]}
     * @return {@code [rows, out]}
     */
    public static Value integerLinear(Rounded x, Value values, Value scales, Value bias) {
        Shape w = values.shape();
        Shape rows = x.values().shape();
        if (rows.rank() != 2
                || w.rank() != 2
                || !Shape.compatible(rows.dim(1), w.dim(0))
                || !isPerChannel(scales, w.dim(1))
                || !isPerChannel(bias, w.dim(1))) {
            throw Graph.cannotAdd("MatMulIntegerToFloat", x.values(), "values", w, "bias", bias.shape());
        }
        return x.values()
                .graph()
                .microsoft("MatMulIntegerToFloat")
                .in(x.values(), values, x.scale(), scales, x.zero(), null, bias)
                .one(ElementType.FLOAT, rows.with(1, w.dim(1)));
    }

    /**
     * Root mean square norm over the last axis: {@code y = w * x / sqrt(mean(x^2) + eps)}, statistics in 32-bit floats.
     *
     * @param x      any shape
     * @param weight broadcast against {@code x}
     * @param eps    added to the mean square
     * @return the shape of {@code x}
     */
    public static Value rmsNorm(Value x, Value weight, float eps) {
        if (!fits(weight, x.shape())) {
            throw Graph.cannotAdd("SimplifiedLayerNormalization", x, "weight", weight.shape());
        }
        return x.graph()
                .node("SimplifiedLayerNormalization")
                .in(x, weight)
                .with("axis", -1)
                .with("epsilon", eps)
                .one(x.type(), x.shape());
    }

    /**
     * A residual sum and the norm of it, in one pass.
     *
     * @param normed {@code rmsNorm(sum)}
     * @param sum    {@code x + residual}
     */
    public record ResidualNorm(Value normed, Value sum) {}

    /**
     * {@code sum = x + residual; normed = rmsNorm(sum)}.
     *
     * @param x        {@code [rows, width]}
     * @param residual {@code [rows, width]}
     * @param weight   {@code [width]}
     * @param eps      added to the mean square
     * @return both
     */
    public static ResidualNorm residualRmsNorm(Value x, Value residual, Value weight, float eps) {
        if (!x.shape().compatible(residual.shape()) || !fits(weight, x.shape())) {
            throw Graph.cannotAdd(
                    "SkipSimplifiedLayerNormalization", x, "right", residual.shape(), "weight", weight.shape());
        }
        Graph.Node node = x.graph()
                .microsoft("SkipSimplifiedLayerNormalization")
                .in(x, residual, weight)
                .with("epsilon", eps);
        Value normed = node.out(x.type(), x.shape());
        Value sum = node.skipOutput().skipOutput().out(x.type(), x.shape());
        node.add();
        return new ResidualNorm(normed, sum);
    }

    /**
     * Layer norm over the last axis: {@code y = w * (x - mean) / sqrt(var + eps) + b}.
     *
     * @param x      any shape
     * @param weight of the last axis
     * @param bias   of the last axis
     * @param eps    added to the variance
     * @return the shape of {@code x}
     */
    public static Value layerNorm(Value x, Value weight, Value bias, float eps) {
        if (!isPerChannel(weight, x.shape().dim(-1))
                || !isPerChannel(bias, x.shape().dim(-1))) {
            throw Graph.cannotAdd("LayerNormalization", x, "weight", weight.shape(), "bias", bias.shape());
        }
        return x.graph()
                .node("LayerNormalization")
                .in(x, weight, bias)
                .with("axis", -1)
                .with("epsilon", eps)
                .one(x.type(), x.shape());
    }

    /**
     * How a convolution runs.
     *
     * @param stride   steps of the input per output
     * @param dilation steps of the input between taps
     * @param groups   channels are cut into as many independent convolutions
     */
    public record Conv(int stride, int dilation, int groups) {
        /** Every step, every tap, all channels. */
        public static final Conv PLAIN = new Conv(1, 1, 1);

        /**
         * With taps apart.
         *
         * @param dilation steps of the input between taps
         * @return the convolution
         */
        public static Conv dilated(int dilation) {
            return new Conv(1, dilation, 1);
        }

        /**
         * With steps apart.
         *
         * @param stride steps of the input per output
         * @return the convolution
         */
        public static Conv strided(int stride) {
            return new Conv(stride, 1, 1);
        }
    }

    /**
     * Convolution over time without padding.
     *
     * @param x      {@code [batch, in, time]}
     * @param weight {@code [out, in / groups, kernel]}
     * @param bias   {@code [out]}, or null for none
     * @param conv   stride, dilation, groups
     * @return {@code [batch, out, (time - dilation * (kernel - 1) - 1) / stride + 1]}
     */
    public static Value conv(Value x, Value weight, Value bias, Conv conv) {
        Shape w = weight.shape();
        if (x.shape().rank() != 3
                || w.rank() != 3
                || x.shape().known(1) != w.known(1) * conv.groups()
                || w.known(0) % conv.groups() != 0
                || !isPerChannel(bias, w.dim(0))) {
            throw Graph.cannotAdd("Conv", x, "weight", w, "bias", shape(bias), "groups", conv.groups());
        }
        long reach = conv.dilation() * (w.known(2) - 1) + 1;
        Object time = Dimension.plus(Dimension.over(Dimension.plus(x.shape().dim(2), -reach), conv.stride()), 1);
        Graph.Node node = x.graph().node("Conv").in(x, weight);
        if (bias != null) {
            node.in(bias);
        }
        return node.with("strides", new long[] {conv.stride()})
                .with("dilations", new long[] {conv.dilation()})
                .with("group", conv.groups())
                .one(x.type(), Shape.of(x.shape().dim(0), w.dim(0), time));
    }

    /**
     * Rotary position embedding, dimension {@code j} of a head paired with {@code j + headDim / 2}.
     *
     * @param x         {@code [1, heads, time, headDim]}, or {@code [1, time, heads * headDim]}
     * @param positions {@code [1]}: row of the tables for the first step, 64-bit; the others follow
     * @param cos       {@code [rows, headDim / 2]}
     * @param sin       {@code [rows, headDim / 2]}
     * @return the shape of {@code x}
     */
    public static Value rotary(Value x, Value positions, Value cos, Value sin) {
        return x.graph().microsoft("RotaryEmbedding").in(x, positions, cos, sin).one(x.type(), x.shape());
    }

    /**
     * Attention heads over a cache that is written in place: bind the same buffer to {@code past} and the result's
     * output.
     *
     * @param heads   query heads
     * @param kvHeads key and value heads
     * @param headDim width of a head
     * @param window  keys a query sees, its own included; {@link #ALL} for no limit
     */
    public record Heads(int heads, int kvHeads, int headDim, int window) {

        /** Every earlier key is seen. */
        public static final int ALL = -1;

        /**
         * Heads that see every earlier key.
         *
         * @param heads   query heads
         * @param kvHeads key and value heads
         * @param headDim width of a head
         */
        public Heads(int heads, int kvHeads, int headDim) {
            this(heads, kvHeads, headDim, ALL);
        }
    }

    /**
     * The cache and where in it this pass stands.
     *
     * @param pastKeys    {@code [1, kvHeads, capacity, headDim]}
     * @param pastValues  likewise
     * @param lastIndex   {@code [1]}, 32-bit: tokens in the cache after this pass, less one
     * @param totalTokens {@code [1]}, 32-bit: tokens in the cache after this pass
     * @param cos         {@code [positions, headDim / 2]}; null if queries and keys come with their rotary embedding
     * @param sin         likewise
     */
    public record KvCache(Value pastKeys, Value pastValues, Value lastIndex, Value totalTokens, Value cos, Value sin) {}

    /**
     * What attention gives back.
     *
     * @param out    {@code [1, time, heads * headDim]}
     * @param keys   the cache with the new keys
     * @param values the cache with the new values
     */
    public record Attention(Value out, Value keys, Value values) {}

    /**
     * Causal grouped-query attention, with rotary embedding of queries and keys unless they have it already, in 32-bit
     * floats.
     *
     * @param q     {@code [1, time, heads * headDim]}
     * @param k     {@code [1, time, kvHeads * headDim]}
     * @param v     {@code [1, time, kvHeads * headDim]}
     * @param cache keys and values of earlier passes
     * @param heads how many and how wide
     * @return the attended values and the grown cache
     */
    public static Attention groupQueryAttention(Value q, Value k, Value v, KvCache cache, Heads heads) {
        if (q.shape().known(2) != (long) heads.heads() * heads.headDim()
                || k.shape().known(2) != (long) heads.kvHeads() * heads.headDim()
                || !k.shape().equals(v.shape())) {
            throw Graph.cannotAdd("GroupQueryAttention", q, "k", k.shape(), "v", v.shape(), "heads", heads);
        }
        Graph.Node node = q.graph()
                .microsoft("GroupQueryAttention")
                .in(q, k, v, cache.pastKeys(), cache.pastValues(), cache.lastIndex(), cache.totalTokens())
                .with("num_heads", heads.heads())
                .with("kv_num_heads", heads.kvHeads())
                .with("scale", (float) (1 / Math.sqrt(heads.headDim())));
        if (cache.cos() != null) {
            node.in(cache.cos(), cache.sin()).with("do_rotary", 1).with("rotary_interleaved", 0);
        }
        if (heads.window() != Heads.ALL) {
            node.with("local_window_size", heads.window());
        }
        Value out = node.out(q.type(), q.shape());
        Value keys = node.out(q.type(), cache.pastKeys().shape());
        Value values = node.out(q.type(), cache.pastValues().shape());
        node.add();
        return new Attention(out, keys, values);
    }
}
