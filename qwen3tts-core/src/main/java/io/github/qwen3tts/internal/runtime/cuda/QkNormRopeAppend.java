package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Norm and rotary embedding of queries and keys, and the cache entries of keys and values. See {@code
 * qk_norm_rope_append.cu}.
 *
 * @param layout      the heads
 * @param qNorm       address of {@code [dim]} floats
 * @param kNorm       address of {@code [dim]} floats
 * @param eps         added to the mean square
 * @param frequencies address of {@code [dim / 2]} floats, radians per position
 */
public record QkNormRopeAppend(HeadLayout layout, long qNorm, long kNorm, float eps, long frequencies) {

    private static final int WARPS = 8;

    /**
     * One use of the layer.
     *
     * @param qkv   {@code [rows, qkvWidth]}, queries in place
     * @param cache receives keys and values at each row's position
     * @param table slots and positions of the rows
     * @return the launch
     */
    public Launch launch(Rows qkv, DeviceKvCache.Layer cache, RowTable table) {
        qkv.expect(qkv.rows(), layout.qkvWidth(), "qkv");
        int heads = layout.heads() + 2 * layout.kvHeads();
        return Launch.of("qk_norm_rope_append", "qk_norm_rope_append")
                .grid(LinearShape.divideUp(heads, WARPS), qkv.rows(), 1)
                .threads(32 * WARPS)
                .pointer(qkv.address())
                .pointer(qNorm)
                .pointer(kNorm)
                .real(eps)
                .pointer(frequencies)
                .pointer(cache.keys())
                .pointer(cache.values())
                .pointer(table.slots())
                .pointer(table.positions())
                .integer(layout.heads())
                .integer(layout.kvHeads())
                .integer(layout.dim())
                .integer(cache.maxPositions());
    }
}
