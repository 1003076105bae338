package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RmsNormLinearTest extends KernelTest {

    private static final float EPS = 1e-6f;
    private final Random random = new Random(11);

    /** Every kernel: each type, each number of rows at once, sizes that divide nothing. */
    @ParameterizedTest
    @CsvSource({
        "FP32, 1, 1, 1",
        "FP32, 2, 45, 19",
        "FP32, 3, 129, 33",
        "FP32, 7, 61, 70",
        "FP32, 16, 77, 35",
        "FP32, 21, 1100, 9",
        "BF16, 1, 83, 37",
        "BF16, 2, 256, 16",
        "BF16, 4, 131, 34",
        "BF16, 5, 300, 65",
        "BF16, 9, 1030, 17",
        "INT8, 1, 515, 21",
        "INT8, 2, 33, 18",
        "INT8, 4, 100, 31",
        "INT8, 8, 260, 40",
        "INT8, 13, 1290, 12",
        "INT4, 1, 1100, 18",
        "INT4, 2, 40, 17",
        "INT4, 3, 127, 33",
        "INT4, 6, 129, 8",
        "INT4, 17, 1153, 10"
    })
    void equalsThePlainLayer(WeightType type, int rows, int inputs, int outputs) {
        float[] x = TestDevice.random(random, rows * inputs, 3);
        float[] norm = TestDevice.random(random, inputs, 1);
        StoredMatrix packed = StoredMatrix.random(random, type, outputs, inputs);
        Rows y = device.emptyRows(rows, outputs);
        Rows normed = device.emptyRows(rows, inputs);
        RmsNormLinear layer = RmsNormLinear.normed(device.matrix(packed), device.floats(norm), EPS);
        Rows in = device.rows(x, inputs);

        float[] actual = device.inEveryOrder(layer.launch(in, y, normed.address()), y);
        float[] wide = device.inEveryOrder(layer.launch(in, y, 0, LinearShape.ofPairs(rows)), y);

        float[] h = LinearReference.rmsNorm(x, norm, EPS);
        float[] expected = LinearReference.linear(h, packed.values(), null, outputs);
        assertArrayEquals(wide, actual, "more or fewer outputs to a block");
        assertClose(type + " normed", h, device.floats(normed), 2e-6);
        assertClose(type + " y", expected, actual, 2e-5);
    }

    /** Every kernel once more: two halves of the weights, results of one half. */
    @ParameterizedTest
    @CsvSource({
        "FP32, 1, 45, 19", "FP32, 2, 129, 33", "FP32, 4, 61, 35", "FP32, 8, 77, 17", "FP32, 16, 200, 9",
        "BF16, 1, 83, 37", "BF16, 2, 256, 16", "BF16, 3, 131, 34", "BF16, 7, 300, 65", "BF16, 19, 1030, 7",
        "INT8, 1, 515, 21", "INT8, 2, 33, 18", "INT8, 4, 100, 31", "INT8, 5, 260, 40", "INT8, 16, 90, 12",
        "INT4, 1, 1100, 18", "INT4, 2, 40, 17", "INT4, 3, 127, 33", "INT4, 8, 129, 8", "INT4, 16, 153, 10"
    })
    void aGateMultipliesTheHalves(WeightType type, int rows, int inputs, int outputs) {
        float[] x = TestDevice.random(random, rows * inputs, 3);
        float[] norm = TestDevice.random(random, inputs, 0.1f); // products of sums near 1
        StoredMatrix packed = StoredMatrix.random(random, type, 2 * outputs, inputs);
        Rows y = device.emptyRows(rows, outputs);
        Launch launch = RmsNormLinear.gate(device.matrix(packed), device.floats(norm), EPS)
                .launch(device.rows(x, inputs), y);

        float[] actual = device.inEveryOrder(launch, y);

        float[] h = LinearReference.rmsNorm(x, norm, EPS);
        float[] halves = LinearReference.linear(h, packed.values(), null, 2 * outputs);
        assertClose(type + "", LinearReference.gated(halves, outputs), actual, 2e-5);
    }

    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {"NONE", "SILU", "GELU"})
    void biasAndActivationComeLast(Activation activation) {
        int rows = 3;
        int inputs = 27;
        int outputs = 29;
        float[] x = TestDevice.random(random, rows * inputs, 1);
        float[] bias = TestDevice.random(random, outputs, 1);
        StoredMatrix packed = StoredMatrix.random(random, WeightType.FP32, outputs, inputs);
        Rows y = device.emptyRows(rows, outputs);
        Launch launch = RmsNormLinear.plain(device.matrix(packed), device.floats(bias), activation)
                .launch(device.rows(x, inputs), y);

        float[] actual = device.inEveryOrder(launch, y);

        float[] expected =
                LinearReference.activated(LinearReference.linear(x, packed.values(), bias, outputs), activation);
        assertClose(activation + "", expected, actual, 2e-6);
    }

    @Test
    void theKeptReferenceKernelAgrees() {
        int rows = 3;
        int inputs = 45;
        int outputs = 37;
        float[] x = TestDevice.random(random, rows * inputs, 3);
        float[] norm = TestDevice.random(random, inputs, 1);
        StoredMatrix packed = StoredMatrix.random(random, WeightType.FP32, outputs, inputs);
        DeviceMatrix weights = device.matrix(packed);
        Rows y = device.emptyRows(rows, outputs);
        Launch launch = Launch.of("rms_norm_linear", "rms_norm_linear_v0")
                .grid(2, rows, 1)
                .pointer(device.floats(x))
                .pointer(device.floats(norm))
                .real(EPS)
                .pointer(weights.address())
                .integer(4 * weights.loads())
                .pointer(0)
                .pointer(y.address())
                .integer(rows)
                .integer(inputs)
                .integer(outputs);

        float[] actual = device.inEveryOrder(launch, y);

        float[] h = LinearReference.rmsNorm(x, norm, EPS);
        assertClose("v0", LinearReference.linear(h, packed.values(), null, outputs), actual, 2e-5);
    }

    @ParameterizedTest
    @EnumSource(WeightType.class)
    void aRowsResultIsTheSameInEveryBatch(WeightType type) {
        int inputs = 1234;
        DeviceMatrix weights = device.matrix(StoredMatrix.random(random, type, 42, inputs));
        long norm = device.floats(TestDevice.random(random, inputs, 1));
        expectTheSameInEveryBatch(RmsNormLinear.normed(weights, norm, EPS));
        expectTheSameInEveryBatch(RmsNormLinear.gate(weights, norm, EPS));
    }

    private void expectTheSameInEveryBatch(RmsNormLinear layer) {
        int inputs = layer.weights().inputs();
        int outputs = layer.outputs();
        float[] x = TestDevice.random(random, 16 * inputs, 3);
        Rows all = device.rows(x, inputs);
        Rows y = device.emptyRows(16, outputs);
        device.device().run(List.of(layer.launch(all, y)));
        float[] together = device.floats(y);
        for (int rows = 1; rows < 16; rows *= 2) {
            Rows few = device.emptyRows(rows, outputs);
            device.device().run(List.of(layer.launch(all.slice(16 - rows, rows), few)));
            assertArrayEquals(
                    Arrays.copyOfRange(together, (16 - rows) * outputs, 16 * outputs),
                    device.floats(few),
                    "rows=" + rows);
        }
    }
}
