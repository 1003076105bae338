package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KvCopyTest extends KernelTest {

    private final Random random = new Random(23);

    /** Runs of less and of more than a block, and whole slots; 6 and 34 are widths that 16-byte loads do not divide. */
    @ParameterizedTest
    @CsvSource({"3, 2, 32, 7", "1, 1, 4, 1", "2, 3, 100, 11", "1, 8, 128, 13", "3, 1, 6, 5", "2, 5, 34, 13"})
    void copiesTheFirstPositionsOfASlotAndNothingElse(int layers, int kvHeads, int dim, int positions) {
        DeviceKvCache.Shape streams = new DeviceKvCache.Shape(layers, kvHeads, dim, 3, 19);
        DeviceKvCache.Shape store = streams.withRoom(5, 13);
        check(streams, 2, store, 3, positions);
        check(store, 4, streams, 0, positions);
    }

    private void check(DeviceKvCache.Shape from, int fromSlot, DeviceKvCache.Shape to, int toSlot, int positions) {
        float[] source = TestDevice.random(random, size(from), 1);
        float[] before = TestDevice.random(random, size(to), 1);
        DeviceKvCache read = new DeviceKvCache(device.floats(source), from);
        Rows original = device.rows(before, before.length);
        Rows written = device.emptyRows(1, before.length);
        Launch shipped = new KvCopy(read, new DeviceKvCache(written.address(), to)).launch(fromSlot, toSlot, positions);
        assertEquals(from.dim() % 4 == 0 ? "kv_copy" : "kv_copy_v0", shipped.kernel());

        float[] expected = copied(source, from, fromSlot, before, to, toSlot, positions);
        for (Launch launch : List.of(shipped, v0(shipped, from, positions))) {
            float[] actual = device.inEveryOrder(launch, original, written);
            assertArrayEquals(expected, actual, launch.toString());
        }
    }

    private static int size(DeviceKvCache.Shape shape) {
        return 2 * shape.layers() * shape.slots() * shape.kvHeads() * shape.maxPositions() * shape.dim();
    }

    private static float[] copied(
            float[] source,
            DeviceKvCache.Shape from,
            int fromSlot,
            float[] before,
            DeviceKvCache.Shape to,
            int toSlot,
            int positions) {
        float[] after = before.clone();
        for (int plane = 0; plane < 2 * from.layers(); plane++) {
            for (int head = 0; head < from.kvHeads(); head++) {
                for (int position = 0; position < positions; position++) {
                    System.arraycopy(
                            source,
                            at(from, plane, fromSlot, head, position),
                            after,
                            at(to, plane, toSlot, head, position),
                            from.dim());
                }
            }
        }
        return after;
    }

    private static int at(DeviceKvCache.Shape shape, int plane, int slot, int head, int position) {
        int row = (plane * shape.slots() + slot) * shape.kvHeads() + head;
        return (row * shape.maxPositions() + position) * shape.dim();
    }

    private static Launch v0(Launch shipped, DeviceKvCache.Shape shape, int positions) {
        Launch v0 = Launch.of("kv_copy", "kv_copy_v0")
                .grid(LinearShape.divideUp(positions * shape.dim(), 96), shipped.grid(1), shipped.grid(2))
                .threads(96)
                .pointer(shipped.bits(0))
                .pointer(shipped.bits(1));
        for (int i = 2; i < shipped.kinds().length(); i++) {
            v0.integer((int) shipped.bits(i));
        }
        return v0;
    }

    /** A layer's view names the keys and values that the copy moves. */
    @Test
    void layersLieOneAfterTheOtherKeysFirst() {
        DeviceKvCache.Shape shape = new DeviceKvCache.Shape(3, 2, 6, 4, 5);
        DeviceKvCache.Layer layer = new DeviceKvCache(1024, shape).layer(2);
        assertEquals(1024 + (long) at(shape, 4, 0, 0, 0) * Float.BYTES, layer.keys());
        assertEquals(1024 + (long) at(shape, 5, 0, 0, 0) * Float.BYTES, layer.values());
        assertEquals(5, layer.maxPositions());
        MemoryPrediction prediction = new MemoryPrediction();
        DeviceKvCache.take(prediction, "a test", shape.withRoom(64, 5));
        assertEquals((long) size(shape.withRoom(64, 5)) * Float.BYTES, prediction.bytes());
    }

    @Test
    void whatLiesOutsideIsRefused() {
        DeviceKvCache.Shape shape = new DeviceKvCache.Shape(1, 1, 4, 2, 3);
        KvCopy copy = new KvCopy(new DeviceKvCache(256, shape), new DeviceKvCache(512, shape.withRoom(1, 9)));
        for (int[] slotsAndPositions : Arrays.asList(
                new int[] {2, 0, 1}, new int[] {0, 1, 1}, new int[] {-1, 0, 1}, new int[] {0, 0, 4}, new int[3])) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> copy.launch(slotsAndPositions[0], slotsAndPositions[1], slotsAndPositions[2]));
        }
        DeviceKvCache other = new DeviceKvCache(512, new DeviceKvCache.Shape(1, 2, 4, 2, 3));
        assertThrows(IllegalArgumentException.class, () -> new KvCopy(copy.from(), other));
    }
}
