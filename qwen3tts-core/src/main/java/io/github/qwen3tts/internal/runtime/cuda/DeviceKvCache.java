package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Keys and values of all layers in one piece of device memory, {@code [layers, 2, slots, kvHeads, maxPositions, dim]} fp32, keys first.
 *
 * @param address where it begins
 * @param shape   its sizes
 */
public record DeviceKvCache(long address, Shape shape) {

    /**
     * Where one layer's keys and values lie, each {@code [slots, kvHeads, maxPositions, dim]} fp32.
     *
     * @param keys         address of the keys
     * @param values       address of the values
     * @param maxPositions positions a slot has room for
     */
    public record Layer(long keys, long values, int maxPositions) {}

    /**
     * Sizes.
     *
     * @param layers       of the model
     * @param kvHeads      key heads, and as many value heads
     * @param dim          width of a head
     * @param slots        streams, or whatever else has a cache
     * @param maxPositions positions a slot has room for
     */
    public record Shape(int layers, int kvHeads, int dim, int slots, int maxPositions) {

        /**
         * The same layers and heads.
         *
         * @param newSlots        slots
         * @param newMaxPositions positions a slot has room for
         * @return a copy
         */
        public Shape withRoom(int newSlots, int newMaxPositions) {
            return new Shape(layers, kvHeads, dim, newSlots, newMaxPositions);
        }

        /** One layer's keys, or its values. */
        private long planeBytes() {
            return (long) slots * kvHeads * maxPositions * dim * Float.BYTES;
        }
    }

    /**
     * Takes the memory.
     *
     * @param memory where from
     * @param name   what for, for messages
     * @param shape  sizes
     * @return caches with undefined contents
     */
    public static DeviceKvCache take(DeviceMemory memory, String name, Shape shape) {
        return new DeviceKvCache(memory.take(name, 2L * shape.layers() * shape.planeBytes()), shape);
    }

    /**
     * One layer's part.
     *
     * @param index of the layer
     * @return a view
     */
    public Layer layer(int index) {
        long keys = address + 2L * index * shape.planeBytes();
        return new Layer(keys, keys + shape.planeBytes(), shape.maxPositions());
    }
}
