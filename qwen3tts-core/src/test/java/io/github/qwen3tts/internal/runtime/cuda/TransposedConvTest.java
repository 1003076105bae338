package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransposedConvTest extends KernelTest {

    private static final int FRAMES = 3;
    private final Random random = new Random(20);

    @ParameterizedTest
    @CsvSource({"1, 13, 11, 2, 2", "4, 9, 5, 8, 16", "32, 7, 6, 5, 10", "20, 3, 2, 3, 6", "2, 21, 30, 4, 8"})
    void piecesEqualTheWholeTrimmedOnTheRight(int steps, int channels, int outputs, int stride, int kernelSize) {
        float[] kernel = TestDevice.random(random, channels * outputs * kernelSize, 0.3f);
        float[] bias = TestDevice.random(random, outputs, 1);
        CausalConv.Shape shape = TransposedConv.shape(steps, channels, outputs, stride, kernelSize);
        float[] packed = shape.pack(TransposedConv.reorder(kernel, outputs, stride, shape));
        CodecSetting setting = new CodecSetting(device, shape.stateFloats(), 7, 0, 0);
        CausalConv conv = new CausalConv(
                shape, device.floats(packed), device.floats(TransposedConv.repeat(bias, stride)), CodecSetting.OFFSET);
        float[] signal = TestDevice.random(random, FRAMES * steps * channels, 1);
        int count = steps * stride * outputs;
        float[] actual = new float[FRAMES * count];
        for (int frame = 0; frame < FRAMES; frame++) {
            float[] x = new float[CodecSetting.ROWS * steps * channels];
            System.arraycopy(signal, frame * steps * channels, x, 0, steps * channels);
            Rows y = device.emptyRows(CodecSetting.ROWS * steps, stride * outputs);
            Launch launch = conv.launch(device.rows(x, channels), setting.streams, CausalConv.Result.to(y));
            System.arraycopy(device.inEveryOrder(launch, y), 0, actual, frame * count, count);
            device.device().run(List.of(setting.streams.frameEnd()));
        }
        assertClose("row 0", whole(signal, kernel, bias, channels, stride), actual, 5e-6);
    }

    /** Every input step adds its kernel from its own place on; what lies behind the last step is dropped. */
    private static float[] whole(float[] x, float[] kernel, float[] bias, int channels, int stride) {
        int outputs = bias.length;
        int kernelSize = kernel.length / channels / outputs;
        int steps = x.length / channels;
        float[] y = new float[steps * stride * outputs];
        for (int t = 0; t < steps * stride; t++) {
            System.arraycopy(bias, 0, y, t * outputs, outputs);
        }
        for (int t = 0; t < steps; t++) {
            for (int k = 0; k < kernelSize && t * stride + k < steps * stride; k++) {
                for (int c = 0; c < channels; c++) {
                    for (int o = 0; o < outputs; o++) {
                        y[(t * stride + k) * outputs + o] +=
                                x[t * channels + c] * kernel[(c * outputs + o) * kernelSize + k];
                    }
                }
            }
        }
        return y;
    }

    /** The example with known numbers from the model's description: two inputs, kernel 4, stride 2. */
    @Test
    void knownNumbersComeOut() {
        float[] kernel = {0.420735f, 0.489954f, 0.49286f, 0.429059f, 0.307187f, 0.143739f, -0.039164f, -0.216765f};
        float[] x = {0, 0.42738f, 0.783327f, -0.44252f, 0.973848f, -0.97753f}; // time by channel
        float[] expected = {0.131286f, 0.061431f, 0.176899f, 0.227546f, 0.512848f, 0.768648f};
        assertArrayEquals(expected, whole(x, kernel, new float[1], 2, 2), 2e-6f);
        assertArrayEquals(new float[] {1, 2, 1, 2, 1, 2}, TransposedConv.repeat(new float[] {1, 2}, 3));
        assertArrayEquals(new int[] {3, 2, 4, 2, 1}, sizes(TransposedConv.shape(3, 2, 2, 2, 4)));
    }

    private static int[] sizes(CausalConv.Shape s) {
        return Arrays.copyOf(new int[] {s.steps(), s.channels(), s.outputs(), s.taps(), s.dilation()}, 5);
    }
}
