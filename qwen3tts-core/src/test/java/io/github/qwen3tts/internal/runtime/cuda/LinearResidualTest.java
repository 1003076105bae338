package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearResidualTest extends KernelTest {

    private final Random random = new Random(12);

    /** Every kernel, every other one without scale and bias. */
    @ParameterizedTest
    @CsvSource({
        "FP32, 1, 45, 19, true", "FP32, 2, 129, 33, false", "FP32, 4, 61, 70, true", "FP32, 8, 77, 35, false",
        "FP32, 16, 200, 9, true", "BF16, 1, 83, 37, false", "BF16, 2, 256, 16, true", "BF16, 3, 131, 34, false",
        "BF16, 7, 300, 65, true", "BF16, 19, 1030, 7, false", "INT8, 1, 515, 21, true", "INT8, 2, 33, 18, false",
        "INT8, 4, 100, 31, true", "INT8, 5, 260, 40, false", "INT8, 16, 90, 12, true", "INT4, 1, 1100, 18, false",
        "INT4, 2, 40, 17, true", "INT4, 3, 127, 33, false", "INT4, 8, 129, 8, true", "INT4, 16, 153, 10, false"
    })
    void addsThePlainLayer(WeightType type, int rows, int inputs, int outputs, boolean scaled) {
        float[] y = TestDevice.random(random, rows * inputs, 1);
        float[] x = TestDevice.random(random, rows * outputs, 3);
        float[] scale = !scaled ? null : TestDevice.random(random, outputs, 1);
        float[] bias = !scaled ? null : TestDevice.random(random, outputs, 1);
        StoredMatrix packed = StoredMatrix.random(random, type, outputs, inputs);
        Rows target = device.emptyRows(rows, outputs);
        Rows original = device.rows(x, outputs);
        LinearResidual layer = new LinearResidual(device.matrix(packed), device.floats(scale), device.floats(bias));
        Rows in = device.rows(y, inputs);

        float[] actual = device.inEveryOrder(layer.launch(in, target), original, target);
        float[] wide = device.inEveryOrder(layer.launch(in, target, LinearShape.ofPairs(rows)), original, target);

        assertArrayEquals(wide, actual, "more or fewer outputs to a block");
        float[] expected = LinearReference.linear(y, packed.values(), bias, outputs);
        for (int i = 0; i < expected.length; i++) {
            expected[i] = x[i] + (scaled ? scale[i % outputs] : 1) * expected[i];
        }
        assertClose(type + "", expected, actual, 2e-5);
    }

    @Test
    void theKeptReferenceKernelAgrees() {
        int rows = 2;
        int inputs = 39;
        int outputs = 41;
        float[] y = TestDevice.random(random, rows * inputs, 1);
        float[] x = TestDevice.random(random, rows * outputs, 3);
        StoredMatrix packed = StoredMatrix.random(random, WeightType.FP32, outputs, inputs);
        DeviceMatrix weights = device.matrix(packed);
        Rows target = device.emptyRows(rows, outputs);
        Launch launch = Launch.of("linear_residual", "linear_residual_v0")
                .grid(2, rows, 1)
                .pointer(device.floats(y))
                .pointer(weights.address())
                .integer(4 * weights.loads())
                .pointer(0)
                .pointer(0)
                .pointer(target.address())
                .integer(rows)
                .integer(inputs)
                .integer(outputs);

        float[] actual = device.inEveryOrder(launch, device.rows(x, outputs), target);

        float[] expected = LinearReference.linear(y, packed.values(), null, outputs);
        for (int i = 0; i < expected.length; i++) {
            expected[i] += x[i];
        }
        assertClose("v0", expected, actual, 2e-5);
    }
}
