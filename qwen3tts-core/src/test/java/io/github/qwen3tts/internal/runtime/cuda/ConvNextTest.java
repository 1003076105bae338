package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvNextTest extends KernelTest {

    private static final float EPS = 1e-6f;
    private static final int FRAMES = 5;
    private final Random random = new Random(21);

    @ParameterizedTest
    @CsvSource({"2, 24, 7", "4, 301, 7", "1, 33, 3", "9, 5, 7"})
    void piecesEqualTheWhole(int steps, int channels, int taps) {
        check("conv_next", steps, channels, taps);
    }

    @Test
    void theKeptReferenceKernelAgrees() {
        check("conv_next_v0", 2, 33, 7);
    }

    private void check(String kernel, int steps, int channels, int taps) {
        float[] weights = TestDevice.random(random, taps * channels, 0.4f);
        float[] bias = TestDevice.random(random, channels, 0.1f);
        float[] norm = TestDevice.random(random, channels, 1);
        float[] normBias = TestDevice.random(random, channels, 1);
        long stateFloats = ConvNext.stateFloats(channels, taps);
        CodecSetting setting = new CodecSetting(device, stateFloats, 7, 0, 0);
        ConvNext layer = new ConvNext(
                steps,
                channels,
                taps,
                new ConvNext.Parameters(
                        device.floats(weights), device.floats(bias), device.floats(norm), device.floats(normBias)),
                EPS,
                CodecSetting.OFFSET);
        float[] signal = TestDevice.random(random, FRAMES * steps * channels, 1);
        int count = steps * channels;
        float[] actual = new float[FRAMES * count];
        for (int frame = 0; frame < FRAMES; frame++) {
            float[] x = new float[CodecSetting.ROWS * count];
            System.arraycopy(signal, frame * count, x, 2 * count, count); // row 2
            Rows out = device.emptyRows(CodecSetting.ROWS * steps, channels);
            Launch launch = layer.launch(device.rows(x, channels), setting.streams, out);
            if (kernel.endsWith("v0")) {
                launch = v0(launch);
            }
            System.arraycopy(device.inEveryOrder(launch, out), 2 * count, actual, frame * count, count);
            device.device().run(List.of(setting.streams.frameEnd()));
        }
        float[] expected = new float[actual.length];
        for (int t = 0; t < FRAMES * steps; t++) {
            double[] h = new double[channels];
            double mean = 0;
            for (int c = 0; c < channels; c++) {
                h[c] = bias[c];
                for (int j = 0; j < taps; j++) {
                    int from = t - (taps - 1 - j);
                    h[c] += from < 0 ? 0 : (double) weights[j * channels + c] * signal[from * channels + c];
                }
                mean += h[c] / channels;
            }
            double variance = 0;
            for (int c = 0; c < channels; c++) {
                variance += (h[c] - mean) * (h[c] - mean) / channels;
            }
            for (int c = 0; c < channels; c++) {
                expected[t * channels + c] =
                        (float) ((h[c] - mean) / Math.sqrt(variance + EPS) * norm[c] + normBias[c]);
            }
        }
        assertClose(kernel, expected, actual, 5e-6);
        assertTrue(setting.othersAreUntouched(stateFloats));
    }

    private static Launch v0(Launch shipped) {
        Launch v0 = Launch.of("conv_next", "conv_next_v0").grid(shipped.grid(0), shipped.grid(1), 1);
        for (int i = 0; i < shipped.kinds().length(); i++) {
            switch (shipped.kinds().charAt(i)) {
                case 'p' -> v0.pointer(shipped.bits(i));
                case 'l' -> v0.wide(shipped.bits(i));
                case 'f' -> v0.real(Float.intBitsToFloat((int) shipped.bits(i)));
                default -> v0.integer((int) shipped.bits(i));
            }
        }
        return v0;
    }
}
