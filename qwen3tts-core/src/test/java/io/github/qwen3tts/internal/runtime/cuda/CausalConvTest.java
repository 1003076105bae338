package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;
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

    /** Both forms, histories shorter and longer than a frame, one output, rows that can be read in fours and others. */
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
        "16, 20, 36, 7, 1",
        "17, 32, 48, 7, 3",
        "20, 16, 32, 7, 9",
        "33, 68, 4, 2, 1",
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

    /** All tiles give the same bits, which keeps a result from depending on the batch; the plain kernel comes close. */
    @ParameterizedTest
    @CsvSource({"30, 19, 37, 3, 2", "30, 20, 36, 3, 2", "33, 48, 96, 7, 9", "70, 16, 16, 1, 1"})
    void allTilesAgreeToTheBitAndThePlainKernelClosely(int steps, int channels, int outputs, int taps, int dilation) {
        CausalConv.Shape shape = new CausalConv.Shape(steps, channels, outputs, taps, dilation);
        float[] kernel = TestDevice.random(random, outputs * channels * taps, 0.2f);
        float[] bias = TestDevice.random(random, outputs, 1);
        int rows = CodecSetting.ROWS * steps;
        float[] x = TestDevice.random(random, rows * channels, 1);
        CodecSetting setting = new CodecSetting(device, shape.stateFloats(), 0, 0, 0);
        CausalConv conv =
                new CausalConv(shape, device.floats(shape.pack(kernel)), device.floats(bias), CodecSetting.OFFSET);
        Rows y = device.emptyRows(rows, outputs);
        Rows in = device.rows(x, channels);
        CausalConv.Result to = CausalConv.Result.to(y);
        LinearShape none = LinearShape.of(rows, outputs);
        Launch small = conv.launch(in, setting.streams, to, CausalConv.Tile.SMALL, none);
        float[] expected = device.inEveryOrder(small, y);
        for (CausalConv.Tile tile : List.of(CausalConv.Tile.MEDIUM, CausalConv.Tile.LARGE)) {
            float[] actual = device.inEveryOrder(conv.launch(in, setting.streams, to, tile, none), y);
            assertEquals(-1, Arrays.mismatch(expected, actual), tile + "");
        }
        Launch plain = as(small, "causal_conv_v0").grid(LinearShape.divideUp(outputs, 32) + 1, rows, 1);
        assertClose("v0", expected, device.inEveryOrder(plain, y), 5e-6);
    }

    /** Of few steps, with more or fewer outputs to a block. */
    @Test
    void narrowBlocksGiveTheSameBits() {
        for (int steps : new int[] {1, 2, 5}) { // with their streams 3, 6 and 15 rows
            CausalConv.Shape shape = new CausalConv.Shape(steps, 50, 75, 3, 2);
            float[] kernel = TestDevice.random(random, 75 * 50 * 3, 0.2f);
            float[] bias = TestDevice.random(random, 75, 1);
            CodecSetting setting = new CodecSetting(device, shape.stateFloats(), 0, 0, 0);
            CausalConv conv =
                    new CausalConv(shape, device.floats(shape.pack(kernel)), device.floats(bias), CodecSetting.OFFSET);
            int rows = CodecSetting.ROWS * steps;
            Rows in = device.rows(TestDevice.random(random, rows * 50, 1), 50);
            Rows y = device.emptyRows(rows, 75);
            CausalConv.Result to = CausalConv.Result.to(y);
            float[] chosen = device.inEveryOrder(conv.launch(in, setting.streams, to), y);
            for (int atOnce : new int[] {1, 2, 4, 8, 16}) {
                for (boolean narrow : new boolean[] {false, true}) {
                    LinearShape blocks = new LinearShape(atOnce, narrow);
                    Launch launch = conv.launch(in, setting.streams, to, CausalConv.Tile.SMALL, blocks);
                    assertEquals(-1, Arrays.mismatch(chosen, device.inEveryOrder(launch, y)), launch.kernel());
                }
            }
        }
    }

    /** The more rows, the larger the tile. */
    @Test
    void aTileIsAsLargeAsKeepsACardBusy() {
        CausalConv.Shape shape = new CausalConv.Shape(160, 8, 384, 1, 1);
        CausalConv conv = new CausalConv(shape, 0, 0, 0);
        CausalConv.Result to = CausalConv.Result.to(new Rows(0, 160, 384));
        assertEquals(
                "causal_conv_tile_32x16",
                conv.launch(new Rows(0, 160, 8), streams(1), to).kernel());
        Launch many = conv.launch(new Rows(0, 8 * 160, 8), streams(8), to);
        assertEquals("causal_conv_tile_64x32", many.kernel());
        assertEquals(384 / 32 + 1, many.grid(0));
        assertEquals(8 * 160 / 64, many.grid(1));
        assertEquals(8 * 64 * 32 * Float.BYTES, many.sharedBytes());
    }

    private static CodecStreams streams(int count) {
        return new CodecStreams(0, new SlotTable(0, 0), 0, 0, count);
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
