package io.github.qwen3tts.internal.model.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Plain;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.safetensors.Weights;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WinogradConvolutionTest {

    @TempDir
    private Path directory;

    /** Around the rows that a round of tiles makes, on both sides of what is narrow. */
    @ParameterizedTest
    @CsvSource({"6, 5, 1", "6, 6, 3", "96, 8, 9", "256, 8, 1", "257, 8, 1", "260, 260, 3", "768, 8, 9"})
    void aConvolutionOfAnyLengthEqualsLoops(int in, int out, int dilation) throws IOException {
        Weights weights = new Weights(in).random("g.weight", out, in, 7).random("g.bias", out);
        Graph root = Graph.named("convolution", weights.write(directory.resolve("weights.safetensors")));
        Value x = root.input("x", ElementType.FLOAT, "time", in);
        root.output("y", Convolutions.FLOAT32.convolveManyRows(root.at("g"), x, out, dilation));
        OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
        double documented = in <= 256 ? 1.3e-6 : 3e-6;
        double errors = 0;
        double values = 0;
        try (OrtModel model = runtime.open(root.finish(), OrtRuntime.Size.SMALL)) {
            int round = (in <= 256 ? 12 : 4) * dilation;
            for (int time : new int[] {1, 2, round - 1, round, round + 1, 2 * round, 2 * round + 1}) {
                int read = time + 6 * dilation;
                float[] rows = Plain.random(time, (long) read * in);
                float[] expected = Plain.conv(
                        Plain.transpose(rows, read),
                        weights.get("g.weight"),
                        weights.get("g.bias"),
                        in,
                        7,
                        0,
                        1,
                        dilation,
                        1);
                float[] actual = Plain.transpose(run(model, rows, in, out, time), time);
                for (int i = 0; i < expected.length; i++) {
                    double error = (double) actual[i] - expected[i];
                    double usual = Math.sqrt(7 * in) / 3; // of products of numbers in [-1, 1)
                    assertEquals(0, error, 12 * documented * usual, "time=" + time + ", at " + i);
                    errors += error * error;
                    values += (double) expected[i] * expected[i];
                }
            }
        }
        double error = Math.sqrt(errors / values);
        assertTrue(error < 1.25 * documented, "error=" + error + ", documented=" + documented);
    }

    private static float[] run(OrtModel model, float[] rows, int in, int out, int time) {
        try (Scope owned = new Scope()) {
            Tensor input = owned.own(Tensor.floats(rows.length / in, in));
            input.floats().put(rows);
            Tensor output = owned.own(Tensor.floats(time, out));
            model.run(new OrtModel.Bindings().input("x", input).output("y", output));
            float[] y = new float[time * out];
            output.floats().get(y);
            return y;
        }
    }
}
