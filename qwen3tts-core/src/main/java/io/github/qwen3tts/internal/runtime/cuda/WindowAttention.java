package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Attention of the codec's transformer over the last frames. See {@code window_attention.cu}.
 *
 * @param heads       query, key and value heads
 * @param dim         width of a head
 * @param window      frames a query sees, its own included
 * @param frequencies address of {@code [dim / 2]} floats, radians per frame
 * @param stateOffset floats from the start of a slot's state to this layer's keys and values
 */
public record WindowAttention(int heads, int dim, int window, long frequencies, long stateOffset) {

    private static final int THREADS = 256;

    /**
     * Floats of state a layer needs in every slot.
     *
     * @param width  of all heads together
     * @param window frames a query sees
     * @return how many
     */
    public static long stateFloats(int width, int window) {
        return 2L * window * width;
    }

    /**
     * One use of the layer.
     *
     * @param qkv     {@code [streams, 3 * heads * dim]}
     * @param streams whose frame it is
     * @param out     receives {@code [streams, heads * dim]}
     * @return the launch
     */
    public Launch launch(Rows qkv, CodecStreams streams, Rows out) {
        qkv.expect(streams.count(), 3 * heads * dim, "qkv");
        out.expect(streams.count(), heads * dim, "output");
        return Launch.of("window_attention", "window_attention")
                .grid(heads, streams.count(), 1)
                .threads(THREADS)
                .sharedBytes((dim + window + THREADS) * Float.BYTES)
                .pointer(qkv.address())
                .pointer(streams.state() + stateOffset * Float.BYTES)
                .wide(streams.stride())
                .pointer(frequencies)
                .pointer(out.address())
                .pointer(streams.slots())
                .pointer(streams.progress().progress())
                .integer(heads)
                .integer(dim)
                .integer(window)
                .real((float) (1 / Math.sqrt(dim)));
    }
}
