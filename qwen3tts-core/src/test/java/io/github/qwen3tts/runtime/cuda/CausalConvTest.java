package io.github.qwen3tts.runtime.cuda;

import static io.github.qwen3tts.runtime.cuda.TestDevice.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frame by frame with carried state against one pass over the whole signal. */
class CausalConvTest extends KernelTest {

    private static final int FRAMES = 4;
    private final Random random = new Random(19);

    /** Both forms, histories shorter and longer than a frame, one output, few and many rows. */
    @ParameterizedTest
    @CsvSource({
        "1, 19, 23, 3, 1",
        "2, 7, 40, 1, 1",
        "4, 24, 32, 7, 1",
        "5, 33, 9, 3, 3",
        "15, 6, 17, 2, 1",
        "21, 5, 1, 7, 1",
        "16, 18, 35, 7, 1",
        "17, 33, 5, 7, 3",
        "20, 16, 33, 7, 9",
        "32, 3, 64, 1, 1",
        "40, 35, 34, 2, 1"
    })
    void piecesEqualTheWhole(int steps, int channels, int outputs, int taps, int dilation) {
        CausalConv.Shape shape = new CausalConv.Shape(steps, channels, outputs, taps, dilation);
        float[] kernel = TestDevice.random(random, outputs * channels * taps, 0.2f);
        float[] bias = TestDevice.random(random, outputs, 1);
        float[] alpha = TestDevice.random(random, outputs, 1);
        float[] inverseBeta = TestDevice.random(random, outputs, 0.5f);
        CodecSetting setting = new CodecSetting(device, shape.stateFloats(), 7, 0, 0);
        CausalConv conv =
                new CausalConv(shape, device.floats(shape.pack(kernel)), device.floats(bias), CodecSetting.OFFSET);
        CausalConv.Snake snake = new CausalConv.Snake(device.floats(alpha), device.floats(inverseBeta));
        float[][] signals = new float[CodecSetting.ROWS][];
        for (int row = 0; row < signals.length; row++) {
            signals[row] = TestDevice.random(random, FRAMES * steps * channels, 1);
        }
        int rows = CodecSetting.ROWS * steps;
        float[][] actual = new float[signals.length][FRAMES * steps * outputs];
        float[][] activated = new float[signals.length][FRAMES * steps * outputs];
        for (int frame = 0; frame < FRAMES; frame++) {
            float[] x = new float[rows * channels];
            for (int row = 0; row < signals.length; row++) {
                int count = steps * channels;
                System.arraycopy(signals[row], frame * count, x, row * count, count);
            }
            Rows residual = device.rows(TestDevice.random(random, rows * outputs, 1), outputs);
            Rows y = device.emptyRows(rows, outputs);
            Rows act = device.emptyRows(rows, outputs);
            Launch launch = conv.launch(
                    device.rows(x, channels),
                    setting.streams,
                    CausalConv.Result.to(y).plus(residual).andActivated(snake, act));
            float[] result = device.inEveryOrder(launch, y);
            float[] add = device.floats(residual);
            for (int row = 0; row < signals.length; row++) {
                int count = steps * outputs;
                for (int i = 0; i < count; i++) {
                    actual[row][frame * count + i] = result[row * count + i] - add[row * count + i];
                }
                System.arraycopy(device.floats(act), row * count, activated[row], frame * count, count);
                for (int i = 0; i < count; i++) {
                    float value = result[row * count + i];
                    double sine = Math.sin(value * alpha[i % outputs]);
                    assertEquals(
                            value + sine * sine * inverseBeta[i % outputs],
                            activated[row][frame * count + i],
                            2e-6 * (1 + Math.abs(value)));
                }
            }
            device.device().run(List.of(setting.streams.frameEnd()));
        }
        for (int row = 0; row < signals.length; row += 2) { // row 1 has no slot and keeps nothing
            assertClose("row " + row, whole(shape, kernel, bias, signals[row]), actual[row], 5e-6);
        }
        assertTrue(setting.othersAreUntouched(shape.stateFloats()));
        assertEquals(7 + FRAMES, setting.codecFrame(3));
        assertEquals(FRAMES, setting.codecFrame(1));
    }

    static float[] whole(CausalConv.Shape shape, float[] kernel, float[] bias, float[] x) {
        int steps = x.length / shape.channels();
        float[] y = new float[steps * shape.outputs()];
        for (int t = 0; t < steps; t++) {
            for (int o = 0; o < shape.outputs(); o++) {
                double sum = bias[o];
                for (int c = 0; c < shape.channels(); c++) {
                    for (int j = 0; j < shape.taps(); j++) {
                        int from = t - (shape.taps() - 1 - j) * shape.dilation();
                        if (from >= 0) {
                            sum += (double) kernel[(o * shape.channels() + c) * shape.taps() + j]
                                    * x[from * shape.channels() + c];
                        }
                    }
                }
                y[t * shape.outputs() + o] = (float) sum;
            }
        }
        return y;
    }

    @Test
    void resultsAreClampedWhenAskedFor() {
        CausalConv.Shape shape = new CausalConv.Shape(20, 3, 1, 7, 1);
        float[] kernel = TestDevice.random(random, 21, 1);
        float[] bias = {0.1f};
        float[] x = TestDevice.random(random, CodecSetting.ROWS * 20 * 3, 1);
        CodecSetting setting = new CodecSetting(device, shape.stateFloats(), 0, 0, 0);
        Rows y = device.emptyRows(CodecSetting.ROWS * 20, 1);
        Launch launch = new CausalConv(
                        shape, device.floats(shape.pack(kernel)), device.floats(bias), CodecSetting.OFFSET)
                .launch(
                        device.rows(x, 3),
                        setting.streams,
                        CausalConv.Result.to(y).clamped());
        float[] actual = device.inEveryOrder(launch, y);
        float[] expected = whole(shape, kernel, bias, Arrays.copyOf(x, 60));
        int cut = 0;
        for (int i = 0; i < 20; i++) {
            cut += Math.abs(expected[i]) > 1 ? 1 : 0;
            assertEquals(Math.max(-1, Math.min(1, expected[i])), actual[i], 2e-6);
        }
        assertTrue(cut > 0, "nothing was beyond 1: the test has lost its point");
    }

    /** The plain kernel and both tiles give the same bits, which keeps a result from depending on the batch. */
    @Test
    void allTilesAgreeToTheBitAndThePlainKernelClosely() {
        CausalConv.Shape shape = new CausalConv.Shape(30, 19, 37, 3, 2);
        float[] kernel = TestDevice.random(random, 37 * 19 * 3, 0.2f);
        float[] bias = TestDevice.random(random, 37, 1);
        float[] x = TestDevice.random(random, 3 * 30 * 19, 1);
        CodecSetting setting = new CodecSetting(device, shape.stateFloats(), 0, 0, 0);
        CausalConv conv =
                new CausalConv(shape, device.floats(shape.pack(kernel)), device.floats(bias), CodecSetting.OFFSET);
        Rows y = device.emptyRows(90, 37);
        Launch large = conv.launch(device.rows(x, 19), setting.streams, CausalConv.Result.to(y));
        assertTrue(large.kernel().endsWith("64x32"), large.kernel());
        float[] expected = device.inEveryOrder(large, y);
        float[] small = device.inEveryOrder(
                as(large, "causal_conv_tile_16x32").grid(3, 6, 1).threads(128).sharedBytes(large.sharedBytes()), y);
        assertEquals(-1, Arrays.mismatch(expected, small));
        float[] plain = device.inEveryOrder(as(large, "causal_conv_v0").grid(3, 90, 1), y);
        assertClose("v0", expected, plain, 5e-6);
    }

    private static Launch as(Launch launch, String kernel) {
        Launch other = Launch.of("causal_conv", kernel);
        for (int i = 0; i < launch.kinds().length(); i++) {
            switch (launch.kinds().charAt(i)) {
                case 'p' -> other.pointer(launch.bits(i));
                case 'l' -> other.wide(launch.bits(i));
                default -> other.integer((int) launch.bits(i));
            }
        }
        return other;
    }
}
