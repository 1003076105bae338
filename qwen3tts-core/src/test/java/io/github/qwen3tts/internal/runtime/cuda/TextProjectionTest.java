package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TextProjectionTest {

    private final Random random = new Random(17);

    @Test
    void equalsGatherLayerSiluLayer() {
        int textWidth = 37;
        int hidden = 41;
        int width = 29;
        int[] ids = {5, 0, 18, 5, 2};
        float[] table = TestDevice.random(random, 19 * textWidth, 1);
        float[] firstBias = TestDevice.random(random, hidden, 1);
        float[] secondBias = TestDevice.random(random, width, 1);
        StoredMatrix first = StoredMatrix.random(random, WeightType.FP32, hidden, textWidth);
        StoredMatrix second = StoredMatrix.random(random, WeightType.BF16, width, hidden);
        try (TestDevice device = TestDevice.open()) {
            TextProjection projection = new TextProjection(
                    new DeviceTable(device.floats(table), TableType.FP32, 19, textWidth),
                    RmsNormLinear.plain(device.matrix(first), device.floats(firstBias), Activation.SILU),
                    RmsNormLinear.plain(device.matrix(second), device.floats(secondBias), Activation.NONE));
            Rows out = device.emptyRows(ids.length, width);
            var launches = projection.launch(
                    device.ints(ids),
                    device.emptyRows(ids.length, textWidth),
                    device.emptyRows(ids.length, hidden),
                    out,
                    LinearLaunches.PLAIN);

            float[] actual = device.inEveryOrder(launches, () -> {}, () -> device.floats(out));

            float[] rows = new float[ids.length * textWidth];
            for (int row = 0; row < ids.length; row++) {
                System.arraycopy(table, ids[row] * textWidth, rows, row * textWidth, textWidth);
            }
            float[] h = LinearReference.linear(rows, first.values(), firstBias, hidden);
            for (int i = 0; i < h.length; i++) {
                h[i] = LinearReference.silu(h[i]);
            }
            assertClose("text projection", LinearReference.linear(h, second.values(), secondBias, width), actual, 1e-5);
        }
    }
}
