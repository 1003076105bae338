package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qwen3tts.api.DeviceException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodeAttentionTest extends KernelTest {

    private static final int SLOTS = 3;
    private final Random random = new Random(14);

    /** A cache full of numbers, some rows that look at it, and what they should see. */
    private final class Setting {
        final HeadLayout layout;
        final int maxPositions;
        final int[] slots;
        final int[] positions;
        final float[] qkv;
        final float[] keys;
        final float[] values;
        final Rows rows;
        final Rows out;
        final DeviceKvCache.Layer cache;
        final RowTable table;
        final DecodeAttention layer;

        Setting(HeadLayout layout, int maxPositions, int[] slots, int[] positions) {
            this.layout = layout;
            this.maxPositions = maxPositions;
            this.slots = slots;
            this.positions = positions;
            qkv = TestDevice.random(random, slots.length * layout.qkvWidth(), 2);
            keys = TestDevice.random(random, SLOTS * layout.kvHeads() * maxPositions * layout.dim(), 1);
            values = TestDevice.random(random, SLOTS * layout.kvHeads() * maxPositions * layout.dim(), 1);
            rows = device.rows(qkv, layout.qkvWidth());
            out = device.rows(new float[slots.length * layout.queryWidth()], layout.queryWidth());
            cache = new DeviceKvCache.Layer(device.floats(keys), device.floats(values), maxPositions);
            table = new RowTable(device.ints(slots), device.ints(positions));
            long partial = device.empty(
                    (int) (DecodeAttention.partialBytes(layout, slots.length, maxPositions) / Float.BYTES));
            layer = new DecodeAttention(layout, partial, device.ints(new int[slots.length * layout.kvHeads()]));
        }

        float[] run(int splits) {
            return device.inEveryOrder(layer.launch(rows, cache, table, out, splits), out);
        }

        /** Output, keys and values after launches that may change all of them. */
        float[] runFromTheStart(List<Launch> launches) {
            Rows originalRows = device.rows(qkv, layout.qkvWidth());
            Rows originalKeys = device.rows(keys, layout.dim());
            Rows originalValues = device.rows(values, layout.dim());
            return device.inEveryOrder(
                    launches,
                    () -> {
                        device.copy(originalRows, rows);
                        device.copy(originalKeys, new Rows(cache.keys(), originalKeys.rows(), layout.dim()));
                        device.copy(originalValues, new Rows(cache.values(), originalValues.rows(), layout.dim()));
                    },
                    () -> {
                        float[] seen = device.floats(out);
                        float[] all = Arrays.copyOf(seen, seen.length + keys.length + values.length);
                        System.arraycopy(device.floats(cache.keys(), keys.length), 0, all, seen.length, keys.length);
                        System.arraycopy(
                                device.floats(cache.values(), values.length),
                                0,
                                all,
                                seen.length + keys.length,
                                values.length);
                        return all;
                    });
        }

        float[] expected() {
            float[] expected = new float[slots.length * layout.queryWidth()];
            int dim = layout.dim();
            for (int row = 0; row < slots.length; row++) {
                for (int head = 0; head < layout.heads() && slots[row] >= 0; head++) {
                    int kvHead = head / (layout.heads() / layout.kvHeads());
                    int cached = (slots[row] * layout.kvHeads() + kvHead) * maxPositions * dim;
                    double[] weights = new double[positions[row] + 1];
                    double largest = Double.NEGATIVE_INFINITY;
                    for (int p = 0; p < weights.length; p++) {
                        for (int i = 0; i < dim; i++) {
                            weights[p] += qkv[row * layout.qkvWidth() + head * dim + i] * keys[cached + p * dim + i];
                        }
                        weights[p] /= Math.sqrt(dim);
                        largest = Math.max(largest, weights[p]);
                    }
                    double total = 0;
                    for (int p = 0; p < weights.length; p++) {
                        weights[p] = Math.exp(weights[p] - largest);
                        total += weights[p];
                    }
                    for (int i = 0; i < dim; i++) {
                        double sum = 0;
                        for (int p = 0; p < weights.length; p++) {
                            sum += weights[p] / total * values[cached + p * dim + i];
                        }
                        expected[row * layout.queryWidth() + head * dim + i] = (float) sum;
                    }
                }
            }
            return expected;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4, 2, 32, 1",
        "4, 2, 16, 2",
        "16, 8, 128, 4",
        "3, 3, 34, 3",
        "2, 2, 100, 1",
        "5, 5, 6, 2",
        "8, 2, 20, 2",
        "4, 1, 64, 3",
        "8, 2, 66, 2"
    })
    void equalsThePlainSoftmax(int heads, int kvHeads, int dim, int splits) {
        int[] slots = {2, 0, -1, 1, 1, 2};
        int[] positions = {0, 4, 9, 127, 128, 300};
        Setting setting = new Setting(new HeadLayout(heads, kvHeads, dim), 311, slots, positions);
        assertClose("attention " + setting.layout, setting.expected(), setting.run(splits), 2e-6);
    }

    @Test
    void prefillRowsSeeTheirOwnPositionAtMost() {
        int[] slots = new int[16];
        int[] positions = new int[16];
        for (int i = 0; i < 16; i++) {
            slots[i] = 1;
            positions[i] = 5 + i;
        }
        Setting setting = new Setting(new HeadLayout(4, 2, 32), 40, slots, positions);
        assertClose("prefill", setting.expected(), setting.run(1), 2e-6);
    }

    @Test
    void theNumberOfSplitsDoesNotChangeABit() {
        Setting setting = new Setting(new HeadLayout(4, 2, 32), 700, new int[] {0, 1, 2}, new int[] {699, 130, 384});
        float[] one = setting.run(1);
        for (int splits = 2; splits <= 6; splits++) {
            assertArrayEquals(one, setting.run(splits), "splits=" + splits);
        }
    }

    /** Idle rows, first positions, last positions of a chunk and first ones of the next; caches included. */
    @ParameterizedTest
    @CsvSource({"4, 2, 32", "16, 8, 128", "3, 3, 34", "2, 2, 100", "8, 2, 66", "5, 5, 6"})
    void aStepEqualsItsTwoLaunchesBitForBit(int heads, int kvHeads, int dim) {
        HeadLayout layout = new HeadLayout(heads, kvHeads, dim);
        for (int[] positions : new int[][] {{0, 9, 1, 127}, {300, 9, 128, 256}}) {
            Setting setting = new Setting(layout, 311, new int[] {2, -1, 0, 1}, positions);
            QkNormRopeAppend rope = new QkNormRopeAppend(
                    layout,
                    device.floats(TestDevice.random(random, dim, 1)),
                    device.floats(TestDevice.random(random, dim, 1)),
                    1e-6f,
                    device.floats(RotaryReference.frequencies(dim, 1e6)));
            float[] two = setting.runFromTheStart(List.of(
                    rope.launch(setting.rows, setting.cache, setting.table),
                    setting.layer.launch(setting.rows, setting.cache, setting.table, setting.out, 1)));
            for (int splits = 1; splits <= 3; splits++) {
                float[] one = setting.runFromTheStart(List.of(
                        setting.layer.step(rope, setting.rows, setting.cache, setting.table, setting.out, splits)));
                assertArrayEquals(two, one, "splits=" + splits);
            }
        }
    }

    @Test
    void theKeptReferenceKernelAgrees() {
        Setting setting = new Setting(new HeadLayout(4, 2, 32), 200, new int[] {0, -1, 2}, new int[] {150, 3, 1});
        Launch v0 = Launch.of("decode_attention", "decode_attention_v0")
                .grid(1, 3, 1)
                .pointer(setting.rows.address())
                .pointer(setting.cache.keys())
                .pointer(setting.cache.values())
                .pointer(setting.out.address())
                .pointer(setting.table.slots())
                .pointer(setting.table.positions())
                .integer(4)
                .integer(2)
                .integer(32)
                .integer(200)
                .real((float) (1 / Math.sqrt(32)));
        assertClose("v0", setting.expected(), device.inEveryOrder(v0, setting.out), 2e-6);
    }

    @Test
    void headsWithoutAKernelAreRefusedWithAWayOut() {
        DeviceException e =
                assertThrows(DeviceException.class, () -> new DecodeAttention(new HeadLayout(12, 4, 128), 1, 1));
        org.junit.jupiter.api.Assertions.assertTrue(e.getMessage().contains("use the CPU"), e.getMessage());
    }
}
