package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.internal.Check;

/**
 * The first positions of a slot to a slot of other caches, in all layers at once. See {@code kv_copy.cu}.
 *
 * @param from is read
 * @param to   is written; layers and heads as in {@code from}
 */
public record KvCopy(DeviceKvCache from, DeviceKvCache to) {

    private static final int THREADS = 256;

    /**
     * Checks that the caches are of one model.
     *
     * @throws IllegalArgumentException if not
     */
    public KvCopy {
        DeviceKvCache.Shape alike =
                from.shape().withRoom(to.shape().slots(), to.shape().maxPositions());
        if (!alike.equals(to.shape())) {
            throw new IllegalArgumentException(Check.message(
                    "caches must have the same layers and heads", "from", from.shape(), "to", to.shape()));
        }
    }

    /**
     * One copy.
     *
     * @param fromSlot  where from
     * @param toSlot    where to
     * @param positions how many, {@code >= 1}
     * @return the launch
     */
    public Launch launch(int fromSlot, int toSlot, int positions) {
        expectInside(from, fromSlot, positions);
        expectInside(to, toSlot, positions);
        int dim = from.shape().dim();
        boolean wide = dim % 4 == 0;
        int loads = positions * dim / (wide ? 4 : 1);
        return Launch.of("kv_copy", wide ? "kv_copy" : "kv_copy_v0")
                .grid(
                        LinearShape.divideUp(loads, THREADS),
                        from.shape().kvHeads(),
                        2 * from.shape().layers())
                .threads(THREADS)
                .pointer(from.address())
                .pointer(to.address())
                .integer(fromSlot)
                .integer(from.shape().slots())
                .integer(from.shape().maxPositions())
                .integer(toSlot)
                .integer(to.shape().slots())
                .integer(to.shape().maxPositions())
                .integer(positions)
                .integer(from.shape().kvHeads())
                .integer(dim);
    }

    private static void expectInside(DeviceKvCache caches, int slot, int positions) {
        DeviceKvCache.Shape shape = caches.shape();
        if (slot < 0 || slot >= shape.slots() || positions < 1 || positions > shape.maxPositions()) {
            throw new IllegalArgumentException(Check.message(
                    "positions must lie inside a slot", "slot", slot, "positions", positions, "caches", shape));
        }
    }
}
