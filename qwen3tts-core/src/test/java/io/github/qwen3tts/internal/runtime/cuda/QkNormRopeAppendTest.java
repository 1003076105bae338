package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QkNormRopeAppendTest extends KernelTest {

    private static final float EPS = 1e-6f;
    private static final int MAX_POSITIONS = 23;
    private final Random random = new Random(13);

    @ParameterizedTest
    @CsvSource({"4, 2, 32", "4, 2, 16", "16, 8, 128", "3, 1, 6", "6, 2, 100", "5, 5, 34"})
    void equalsThePlainSteps(int heads, int kvHeads, int dim) {
        check("qk_norm_rope_append", new HeadLayout(heads, kvHeads, dim));
    }

    @Test
    void theKeptReferenceKernelAgrees() {
        check("qk_norm_rope_append_v0", new HeadLayout(4, 2, 32));
    }

    private void check(String kernel, HeadLayout layout) {
        int[] slots = {2, -1, 0, 2, 1};
        int[] positions = {7, 3, 0, 8, 22};
        int rows = slots.length;
        int dim = layout.dim();
        float[] qkv = TestDevice.random(random, rows * layout.qkvWidth(), 2);
        float[] qNorm = TestDevice.random(random, dim, 1);
        float[] kNorm = TestDevice.random(random, dim, 1);
        float[] frequencies = RotaryReference.frequencies(dim, 1e6);
        float[] empty = new float[3 * layout.kvHeads() * MAX_POSITIONS * dim];
        Rows original = device.rows(qkv, layout.qkvWidth());
        Rows target = device.emptyRows(rows, layout.qkvWidth());
        DeviceKvCache.Layer cache = new DeviceKvCache.Layer(device.floats(empty), device.floats(empty), MAX_POSITIONS);
        RowTable table = new RowTable(device.ints(slots), device.ints(positions));
        QkNormRopeAppend layer = new QkNormRopeAppend(
                layout, device.floats(qNorm), device.floats(kNorm), EPS, device.floats(frequencies));
        Launch launch = kernel.endsWith("v0") ? v0(layer, target, cache, table) : layer.launch(target, cache, table);

        float[] actual = device.inEveryOrder(List.of(launch), () -> device.copy(original, target), () -> {
            float[] all = Arrays.copyOf(device.floats(target), qkv.length + 2 * empty.length);
            System.arraycopy(device.floats(cache.keys(), empty.length), 0, all, qkv.length, empty.length);
            System.arraycopy(
                    device.floats(cache.values(), empty.length), 0, all, qkv.length + empty.length, empty.length);
            return all;
        });

        float[] expected = Arrays.copyOf(qkv, actual.length);
        for (int row = 0; row < rows; row++) {
            for (int head = 0; head < layout.heads() + 2 * layout.kvHeads() && slots[row] >= 0; head++) {
                float[] x = Arrays.copyOfRange(
                        qkv, row * layout.qkvWidth() + head * dim, row * layout.qkvWidth() + (head + 1) * dim);
                int kvHead = (head - layout.heads()) % layout.kvHeads();
                int cached = ((slots[row] * layout.kvHeads() + kvHead) * MAX_POSITIONS + positions[row]) * dim;
                if (head >= layout.heads() + layout.kvHeads()) {
                    System.arraycopy(x, 0, expected, qkv.length + empty.length + cached, dim);
                    continue;
                }
                float[] y = LinearReference.rmsNorm(x, head < layout.heads() ? qNorm : kNorm, EPS);
                RotaryReference.rotate(y, 0, dim, frequencies, positions[row]);
                int at = head < layout.heads() ? row * layout.qkvWidth() + head * dim : qkv.length + cached;
                System.arraycopy(y, 0, expected, at, dim);
            }
        }
        assertClose(kernel, expected, actual, 5e-6);
    }

    private static Launch v0(QkNormRopeAppend layer, Rows qkv, DeviceKvCache.Layer cache, RowTable table) {
        Launch shipped = layer.launch(qkv, cache, table);
        Launch v0 = Launch.of("qk_norm_rope_append", "qk_norm_rope_append_v0").grid(1, qkv.rows(), 1);
        for (int i = 0; i < shipped.kinds().length(); i++) {
            switch (shipped.kinds().charAt(i)) {
                case 'p' -> v0.pointer(shipped.bits(i));
                case 'f' -> v0.real(Float.intBitsToFloat((int) shipped.bits(i)));
                default -> v0.integer((int) shipped.bits(i));
            }
        }
        return v0;
    }
}
