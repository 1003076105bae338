package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowAttentionTest extends KernelTest {

    private final Random random = new Random(22);

    @ParameterizedTest
    @CsvSource({"4, 8, 5", "3, 34, 7", "2, 64, 72", "16, 64, 3", "1, 6, 1", "1, 128, 9", "1, 100, 40"})
    void everyFrameSeesItsWindow(int heads, int dim, int window) {
        check("window_attention", heads, dim, window);
    }

    @Test
    void theKeptReferenceKernelAgrees() {
        check("window_attention_v0", 3, 10, 4);
    }

    private void check(String kernel, int heads, int dim, int window) {
        int frames = window + 4;
        int width = heads * dim;
        long stateFloats = WindowAttention.stateFloats(width, window);
        CodecSetting setting = new CodecSetting(device, stateFloats, 0, 0, 0);
        float[] frequencies = RotaryReference.frequencies(dim, 1e4);
        WindowAttention layer =
                new WindowAttention(heads, dim, window, device.floats(frequencies), CodecSetting.OFFSET);
        float[] signal = TestDevice.random(random, frames * 3 * width, 1);
        float[] actual = new float[frames * width];
        for (int frame = 0; frame < frames; frame++) {
            float[] qkv = new float[CodecSetting.ROWS * 3 * width];
            System.arraycopy(signal, frame * 3 * width, qkv, 0, 3 * width); // row 0
            Rows out = device.rows(new float[CodecSetting.ROWS * width], width);
            Launch launch = layer.launch(device.rows(qkv, 3 * width), setting.streams, out);
            if (kernel.endsWith("v0")) {
                launch = v0(launch);
            }
            System.arraycopy(device.inEveryOrder(launch, out), 0, actual, frame * width, width);
            device.device().run(List.of(setting.streams.frameEnd()));
        }
        assertClose(kernel, expected(signal, heads, dim, window, frequencies), actual, 2e-6);
        assertTrue(setting.othersAreUntouched(stateFloats));
    }

    private static float[] expected(float[] signal, int heads, int dim, int window, float[] frequencies) {
        int width = heads * dim;
        int frames = signal.length / (3 * width);
        float[] rotated = signal.clone();
        for (int frame = 0; frame < frames; frame++) {
            for (int head = 0; head < 2 * heads; head++) { // q and k
                RotaryReference.rotate(rotated, frame * 3 * width + head * dim, dim, frequencies, frame);
            }
        }
        float[] out = new float[frames * width];
        for (int frame = 0; frame < frames; frame++) {
            for (int head = 0; head < heads; head++) {
                double[] weights = new double[frames];
                double largest = Double.NEGATIVE_INFINITY;
                int first = Math.max(0, frame - window + 1);
                for (int f = first; f <= frame; f++) {
                    for (int i = 0; i < dim; i++) {
                        weights[f] += (double) rotated[frame * 3 * width + head * dim + i]
                                * rotated[f * 3 * width + width + head * dim + i]
                                / Math.sqrt(dim);
                    }
                    largest = Math.max(largest, weights[f]);
                }
                double total = 0;
                for (int f = first; f <= frame; f++) {
                    weights[f] = Math.exp(weights[f] - largest);
                    total += weights[f];
                }
                for (int f = first; f <= frame; f++) {
                    for (int i = 0; i < dim; i++) {
                        out[frame * width + head * dim + i] +=
                                (float) (weights[f] / total * signal[f * 3 * width + 2 * width + head * dim + i]);
                    }
                }
            }
        }
        return Arrays.copyOf(out, out.length);
    }

    private static Launch v0(Launch shipped) {
        Launch v0 = Launch.of("window_attention", "window_attention_v0").grid(1, CodecSetting.ROWS, 1);
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
