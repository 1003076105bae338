package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.internal.Check;

/**
 * Grouped-query attention of single rows over their slots' caches, causal. See {@code decode_attention.cu}.
 *
 * @param layout  the heads
 * @param partial address of scratch memory, {@link #partialBytes}
 * @param tickets address of {@link #ticketBytes}, zeros before the first launch
 */
public record DecodeAttention(HeadLayout layout, long partial, long tickets) {

    private static final int CHUNK = 128;
    private static final int WARPS = 8;

    /** Blocks beyond which splitting a row's positions brings no more work at once. */
    private static final int ENOUGH_BLOCKS = 256;

    /**
     * Checks that a kernel for the heads exists.
     *
     * @throws DeviceException if there is none
     */
    public DecodeAttention {
        int group = layout.heads() / layout.kvHeads();
        if (layout.heads() % layout.kvHeads() != 0
                || (group != 1 && group != 2 && group != 4)
                || layout.dim() % 2 != 0
                || layout.dim() > 128) {
            throw new DeviceException(Check.message(
                            "no attention kernel for these heads",
                            "heads",
                            layout.heads(),
                            "kvHeads",
                            layout.kvHeads(),
                            "headDim",
                            layout.dim())
                    + "; heads / kvHeads must be 1, 2 or 4 and headDim even, at most 128: use the CPU");
        }
    }

    /**
     * Scratch memory for the results of chunks.
     *
     * @param layout       the heads
     * @param rows         the most rows of a launch
     * @param maxPositions of the cache
     * @return bytes
     */
    public static long partialBytes(HeadLayout layout, int rows, int maxPositions) {
        return (long) rows
                * layout.heads()
                * LinearShape.divideUp(maxPositions, CHUNK)
                * (layout.dim() + 2)
                * Float.BYTES;
    }

    /**
     * Memory for the counters of finished blocks.
     *
     * @param layout the heads
     * @param rows   the most rows of a launch
     * @return bytes
     */
    public static long ticketBytes(HeadLayout layout, int rows) {
        return (long) rows * layout.kvHeads() * Integer.BYTES;
    }

    /**
     * One use of the layer.
     *
     * @param qkv   {@code [rows, qkvWidth]}, of which the queries are read
     * @param cache keys and values up to each row's position
     * @param table slots and positions of the rows
     * @param out   receives {@code [rows, queryWidth]}
     * @return the launch
     */
    public Launch launch(Rows qkv, DeviceKvCache.Layer cache, RowTable table, Rows out) {
        return launch(qkv, cache, table, out, splits(qkv.rows(), cache));
    }

    Launch launch(Rows qkv, DeviceKvCache.Layer cache, RowTable table, Rows out, int splits) {
        return launch("decode_attention", 0, qkv, cache, table, out, splits);
    }

    /**
     * One use of the layer together with the one before it, to the same bits in one launch less. No two rows may be of
     * one slot: none would wait for the other's keys.
     *
     * @param before makes queries and keys
     * @param qkv    {@code [rows, qkvWidth]}, only read
     * @param cache  receives keys and values at each row's position
     * @param table  slots and positions of the rows
     * @param out    receives {@code [rows, queryWidth]}
     * @return the launch
     */
    public Launch step(QkNormRopeAppend before, Rows qkv, DeviceKvCache.Layer cache, RowTable table, Rows out) {
        return step(before, qkv, cache, table, out, splits(qkv.rows(), cache));
    }

    Launch step(QkNormRopeAppend before, Rows qkv, DeviceKvCache.Layer cache, RowTable table, Rows out, int splits) {
        int ownHeads = layout.heads() / layout.kvHeads() + 1; // the queries and the key of a block
        int bytes = (ownHeads + 1) * layout.dim() * Float.BYTES; // and the rotations
        return launch("decode_attention_step", bytes, qkv, cache, table, out, splits)
                .pointer(before.qNorm())
                .pointer(before.kNorm())
                .real(before.eps())
                .pointer(before.frequencies());
    }

    private int splits(int rows, DeviceKvCache.Layer cache) {
        int chunks = LinearShape.divideUp(cache.maxPositions(), CHUNK);
        return Math.min(chunks, LinearShape.divideUp(ENOUGH_BLOCKS, rows * layout.kvHeads()));
    }

    private Launch launch(
            String kernel,
            int moreSharedBytes,
            Rows qkv,
            DeviceKvCache.Layer cache,
            RowTable table,
            Rows out,
            int splits) {
        qkv.expect(out.rows(), layout.qkvWidth(), "qkv");
        out.expect(qkv.rows(), layout.queryWidth(), "output");
        int group = layout.heads() / layout.kvHeads();
        int dims = layout.dim() <= 32 ? 1 : layout.dim() <= 64 ? 2 : 4;
        return Launch.of("decode_attention", kernel + "_g" + group + "_d" + dims)
                .grid(layout.kvHeads(), qkv.rows(), splits)
                .threads(32 * WARPS)
                .sharedBytes(WARPS * group * (layout.dim() + 2) * Float.BYTES + moreSharedBytes)
                .pointer(qkv.address())
                .pointer(cache.keys())
                .pointer(cache.values())
                .pointer(out.address())
                .pointer(partial)
                .pointer(tickets)
                .pointer(table.slots())
                .pointer(table.positions())
                .integer(layout.heads())
                .integer(layout.kvHeads())
                .integer(layout.dim())
                .integer(cache.maxPositions())
                .real((float) (1 / Math.sqrt(layout.dim())));
    }
}
