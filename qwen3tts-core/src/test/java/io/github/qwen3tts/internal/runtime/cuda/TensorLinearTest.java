package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TensorLinearTest extends KernelTest {

    private static final float EPS = 1e-6f;

    /** For values near 1 that come of sums of many: such sums are cut off, beside the rounding of inputs. */
    private static final double NEAR_ONE = 5e-5;

    private final Random random = new Random(17);

    private TensorLinear tensor(int inputs) {
        return new TensorLinear(device.empty((int) (TensorLinear.fragmentBytes(inputs) / Float.BYTES)));
    }

    /** Every kernel: each type, each number of rows of a block, one group of warps or two, sizes that divide nothing. */
    @ParameterizedTest
    @CsvSource({
        "BF16, 1, 83, 37, 16, true",
        "BF16, 16, 300, 65, 16, false",
        "BF16, 17, 131, 34, 32, true",
        "BF16, 32, 64, 32, 32, false",
        "BF16, 35, 1030, 70, 64, true",
        "BF16, 64, 77, 9, 64, false",
        "BF16, 50, 90, 40, 16, true",
        "BF16, 40, 90, 40, 32, false",
        "BF16, 20, 3000, 33, 32, true",
        "INT8, 2, 515, 21, 16, true",
        "INT8, 16, 129, 70, 16, false",
        "INT8, 20, 260, 40, 32, true",
        "INT8, 29, 384, 90, 32, false",
        "INT8, 64, 129, 35, 64, true",
        "INT8, 33, 128, 66, 64, false",
        "INT8, 60, 128, 33, 16, true",
        "INT8, 40, 4200, 17, 64, true",
        "INT4, 16, 1153, 40, 16, true",
        "INT4, 5, 130, 70, 16, false",
        "INT4, 29, 129, 33, 32, true",
        "INT4, 18, 128, 67, 32, false",
        "INT4, 40, 384, 18, 64, true",
        "INT4, 34, 128, 65, 64, false",
        "INT4, 64, 140, 65, 32, false",
        "INT4, 20, 4200, 30, 32, true"
    })
    void equalsThePlainLayer(WeightType type, int rows, int inputs, int outputs, int blockRows, boolean narrow) {
        float[] x = TestDevice.random(random, rows * inputs, 3);
        float[] norm = TestDevice.random(random, inputs, 1);
        StoredMatrix packed = StoredMatrix.random(random, type, outputs, inputs);
        RmsNormLinear layer = RmsNormLinear.normed(device.matrix(packed), device.floats(norm), EPS);
        Rows y = device.emptyRows(rows, outputs);
        List<Launch> launches =
                tensor(inputs).of(layer, device.rows(x, inputs), y, new TensorLinear.Shape(narrow, blockRows));

        float[] actual = device.inEveryOrder(launches, () -> {}, () -> device.floats(y));

        assertEquals(2, launches.size());
        float[] h = LinearReference.rmsNorm(x, norm, EPS);
        float[] expected = LinearReference.linear(h, packed.values(), null, outputs);
        assertClose(type + "", expected, actual, tolerance(expected));
    }

    /**
     * Rounding to two bf16 is wrong by up to 2^-17 either way, by 2^-17 / sqrt(3) on average: ten times that, since rows and
     * outputs differ in size.
     */
    private static double tolerance(float[] expected) {
        double squares = 0;
        for (float value : expected) {
            squares += (double) value * value;
        }
        return 10 / Math.sqrt(3) / (1 << 17) * Math.sqrt(squares / expected.length);
    }

    @ParameterizedTest
    @CsvSource({"BF16, 1, 83, 37", "BF16, 33, 300, 3101", "INT8, 20, 130, 35", "INT4, 40, 129, 3100"})
    void aGateMultipliesTheHalves(WeightType type, int rows, int inputs, int outputs) {
        float[] x = TestDevice.random(random, rows * inputs, 3);
        float[] norm = TestDevice.random(random, inputs, 0.1f); // products of sums near 1
        StoredMatrix packed = StoredMatrix.random(random, type, 2 * outputs, inputs);
        RmsNormLinear layer = RmsNormLinear.gate(device.matrix(packed), device.floats(norm), EPS);
        Rows y = device.emptyRows(rows, outputs);
        List<Launch> launches = tensor(inputs).of(layer, device.rows(x, inputs), y);

        float[] actual = device.inEveryOrder(launches, () -> {}, () -> device.floats(y));

        float[] h = LinearReference.rmsNorm(x, norm, EPS);
        float[] halves = LinearReference.linear(h, packed.values(), null, 2 * outputs);
        assertClose(type + "", LinearReference.gated(halves, outputs), actual, NEAR_ONE);
    }

    @ParameterizedTest
    @CsvSource({"BF16, 7, 83, 37", "BF16, 33, 300, 70", "INT8, 20, 130, 35", "INT4, 40, 129, 18"})
    void addsThePlainLayer(WeightType type, int rows, int inputs, int outputs) {
        float[] y = TestDevice.random(random, rows * inputs, 1);
        float[] x = TestDevice.random(random, rows * outputs, 3);
        float[] bias = TestDevice.random(random, outputs, 1);
        StoredMatrix packed = StoredMatrix.random(random, type, outputs, inputs);
        LinearResidual layer = new LinearResidual(device.matrix(packed), 0, device.floats(bias));
        Rows original = device.rows(x, outputs);
        Rows target = device.emptyRows(rows, outputs);
        List<Launch> launches = tensor(inputs).of(layer, device.rows(y, inputs), target);

        float[] actual =
                device.inEveryOrder(launches, () -> device.copy(original, target), () -> device.floats(target));

        float[] expected = LinearReference.linear(y, packed.values(), bias, outputs);
        for (int i = 0; i < expected.length; i++) {
            expected[i] += x[i];
        }
        assertClose(type + "", expected, actual, tolerance(expected));
    }

    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {"NONE", "SILU", "GELU"})
    void biasAndActivationComeLast(Activation activation) {
        int rows = 18;
        int inputs = 27;
        int outputs = 29;
        float[] x = TestDevice.random(random, rows * inputs, 1);
        float[] bias = TestDevice.random(random, outputs, 1);
        StoredMatrix packed = StoredMatrix.random(random, WeightType.BF16, outputs, inputs);
        RmsNormLinear layer = RmsNormLinear.plain(device.matrix(packed), device.floats(bias), activation);
        Rows y = device.emptyRows(rows, outputs);
        List<Launch> launches = tensor(inputs).of(layer, device.rows(x, inputs), y);

        float[] actual = device.inEveryOrder(launches, () -> {}, () -> device.floats(y));

        float[] expected =
                LinearReference.activated(LinearReference.linear(x, packed.values(), bias, outputs), activation);
        assertClose(activation + "", expected, actual, NEAR_ONE);
    }

    /** A number that needs 16 bits: a single bf16 of it would be wrong by one in 256. */
    @Test
    void inputsKeepSixteenBits() {
        int inputs = 128;
        float[] x = new float[inputs];
        Arrays.fill(x, 1 + 1f / 256 + 1f / 65536);
        float[] ones = new float[inputs];
        Arrays.fill(ones, 1);
        StoredMatrix packed = new StoredMatrix(
                WeightType.BF16, 1, inputs, MatrixPacking.pack(WeightType.BF16, inputs, ones), new float[0], ones);
        Rows y = device.emptyRows(1, 1);
        device.device()
                .run(tensor(inputs)
                        .of(RmsNormLinear.plain(device.matrix(packed), 0, Activation.NONE), device.rows(x, inputs), y));
        assertEquals(inputs * x[0], device.floats(y)[0], inputs * 1.1 / (1 << 17));
    }

    /** Kept prefixes rely on it. */
    @ParameterizedTest
    @CsvSource({"BF16, false", "BF16, true", "INT8, false", "INT8, true", "INT4, false", "INT4, true"})
    void aRowsResultIsTheSameInAnyCompany(WeightType type, boolean narrow) {
        int inputs = 1234;
        int outputs = 70;
        DeviceMatrix weights = device.matrix(StoredMatrix.random(random, type, outputs, inputs));
        RmsNormLinear layer = RmsNormLinear.normed(weights, device.floats(TestDevice.random(random, inputs, 1)), EPS);
        TensorLinear tensor = tensor(inputs);
        Rows all = device.rows(TestDevice.random(random, 64 * inputs, 3), inputs);
        Rows y = device.emptyRows(64, outputs);
        device.device().run(tensor.of(layer, all, y, new TensorLinear.Shape(narrow, 64)));
        float[] together = device.floats(y);
        for (int rows : new int[] {1, 8, 16, 17, 32, 33, 63, 64}) {
            for (int blockRows = 16; blockRows <= 64 && blockRows < 2 * rows; blockRows *= 2) {
                Rows few = device.emptyRows(rows, outputs);
                Rows last = all.slice(64 - rows, rows);
                device.device().run(tensor.of(layer, last, few, new TensorLinear.Shape(narrow, blockRows)));
                assertArrayEquals(
                        Arrays.copyOfRange(together, (64 - rows) * outputs, 64 * outputs),
                        device.floats(few),
                        "rows=" + rows + ", of a block=" + blockRows);
            }
        }
    }

    /** In the released sizes: blocks for a GPU of 128 multiprocessors as far as there is work, and its shared memory. */
    @Test
    void thereAreEnoughBlocksThatFit() {
        for (int[] outputsAndBlocks : new int[][] {
            // q k v, o, gate and up, down, of 0.6B and of 1.7B, at 64 rows
            {4096, 128}, {1024, 128}, {6144, 192}, {1024, 128}, {4096, 128}, {2048, 128}, {12288, 192}, {2048, 128}
        }) {
            for (WeightType type : List.of(WeightType.BF16, WeightType.INT8, WeightType.INT4)) {
                DeviceMatrix weights = new DeviceMatrix(16, 16, type, outputsAndBlocks[0], 2048);
                RmsNormLinear layer = RmsNormLinear.plain(weights, 0, Activation.NONE);
                for (int rows : new int[] {16, 32, 64}) {
                    Launch launch = new TensorLinear(16)
                            .of(layer, new Rows(16, rows, 2048), new Rows(16, rows, outputsAndBlocks[0]))
                            .get(1);
                    assertTrue(
                            launch.sharedBytes() <= 99 << 10, launch + ": more than cards of 8.6, 8.9 and 12.0 have");
                    if (rows == 64) {
                        assertEquals(outputsAndBlocks[1], launch.grid(0) * launch.grid(1), launch.toString());
                    }
                }
            }
        }
    }

    /** Whoever draws from the results has to see it. */
    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void whatIsNotFiniteStaysSo(float value) {
        int inputs = 100;
        float[] x = TestDevice.random(random, 2 * inputs, 1);
        x[inputs + 70] = value;
        StoredMatrix packed = StoredMatrix.random(random, WeightType.BF16, 5, inputs);
        Rows y = device.emptyRows(2, 5);
        device.device()
                .run(tensor(inputs)
                        .of(RmsNormLinear.plain(device.matrix(packed), 0, Activation.NONE), device.rows(x, inputs), y));
        float[] results = device.floats(y);
        for (int i = 0; i < results.length; i++) {
            assertEquals(i < 5, Float.isFinite(results[i]), "result " + i + ": " + results[i]);
        }
    }

    @Test
    void whatTheTensorCoresDoNotTakeIsLaunchedAsEver() {
        for (WeightType type : List.of(WeightType.FP32, WeightType.INT8, WeightType.INT4)) {
            DeviceMatrix weights = device.matrix(StoredMatrix.random(random, type, 8, 96));
            Rows x = device.emptyRows(20, 96);
            Rows y = device.emptyRows(20, 8);
            List<Launch> layer = tensor(96).of(RmsNormLinear.plain(weights, 0, Activation.NONE), x, y);
            List<Launch> added = tensor(96).of(new LinearResidual(weights, 0, 0), x, y);
            assertEquals(
                    List.of("rms_norm_linear", "linear_residual"),
                    List.of(layer.get(0).file(), added.get(0).file()));
            assertEquals(List.of(1, 1), List.of(layer.size(), added.size()));
        }
        DeviceMatrix weights = device.matrix(StoredMatrix.random(random, WeightType.BF16, 8, 96));
        LinearResidual scaled = new LinearResidual(weights, device.floats(new float[8]), 0);
        List<Launch> launches = tensor(96).of(scaled, device.emptyRows(20, 96), device.emptyRows(20, 8));
        assertEquals("linear_residual", launches.get(0).file());
    }

    @Test
    void moreRowsThanAKernelTakesAreRefused() {
        DeviceMatrix weights = device.matrix(StoredMatrix.random(random, WeightType.BF16, 8, 96));
        RmsNormLinear layer = RmsNormLinear.plain(weights, 0, Activation.NONE);
        Rows x = device.emptyRows(65, 96);
        Rows y = device.emptyRows(65, 8);
        TensorLinear tensor = tensor(96);
        assertEquals(
                "too many rows: rows=65, most=64",
                assertThrows(IllegalArgumentException.class, () -> tensor.of(layer, x, y))
                        .getMessage());
    }
}
