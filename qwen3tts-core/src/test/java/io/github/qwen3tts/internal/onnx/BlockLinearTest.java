package io.github.qwen3tts.internal.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matrices in blocks of integers against a loop. */
class BlockLinearTest {

    private static final long SEED = 20260418;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "1, 8, 32, 64, 48",
        "1, 4, 32, 64, 48",
        "1, 8, 128, 256, 33",
        "1, 4, 128, 256, 33",
        "5, 8, 32, 72, 16",
        "5, 4, 32, 72, 16",
        "17, 8, 128, 200, 40",
        "17, 4, 128, 200, 40"
    })
    void isTheLoopUpToTheRoundingOfItsInputs(int rows, int bits, int blockSize, int in, int out) throws IOException {
        Random random = new Random(SEED);
        int blocks = (in + blockSize - 1) / blockSize;
        byte[] values = new byte[out * blocks * blockSize * bits / 8];
        random.nextBytes(values);
        float[] scales = floats(out * blocks, random);
        float[] x = floats(rows * in, random);
        float[] y;
        Safetensors weights = write(out, blocks, blockSize * bits / 8, values, scales);
        try (TinyGraph graph = new TinyGraph(weights)) {
            y = graph.run(blockLinear(graph, weights, graph.floats("x", x, rows, in), bits, blockSize));
        }
        for (int r = 0; r < rows; r++) {
            for (int n = 0; n < out; n++) {
                double expected = 0;
                double rounding = 0; // an input is off by half a step of 8 bits at most
                for (int k = 0; k < in; k++) {
                    int block = k / blockSize;
                    double weight = scales[n * blocks + block]
                            * integer(values, (n * blocks + block) * blockSize + k % blockSize, bits);
                    expected += x[r * in + k] * weight;
                    rounding += Math.abs(weight) * largest(x, r * in, in, block, blockSize) / 127 / 2;
                }
                assertEquals(expected, y[r * out + n], rounding * 1.001, "row=" + r + ", column=" + n);
            }
        }
    }

    /** The inputs are small integers that 8 bits hold exactly, one of them the largest, so nothing is rounded. */
    @ParameterizedTest
    @CsvSource({"8, 32", "4, 32", "8, 128", "4, 128"})
    void isTheLoopExactlyWhereInputsNeedNoRounding(int bits, int blockSize) throws IOException {
        Random random = new Random(SEED);
        int in = 2 * blockSize;
        byte[] values = new byte[24 * in * bits / 8];
        random.nextBytes(values);
        float[] scales = floats(24 * 2, random);
        float[] x = new float[in];
        for (int k = 0; k < in; k++) {
            x[k] = k % blockSize == 5 ? 127 : random.nextInt(255) - 127;
        }
        float[] y;
        Safetensors weights = write(24, 2, blockSize * bits / 8, values, scales);
        try (TinyGraph graph = new TinyGraph(weights)) {
            y = graph.run(blockLinear(graph, weights, graph.floats("x", x, 1, in), bits, blockSize));
        }
        for (int n = 0; n < 24; n++) {
            double expected = 0;
            double size = 0;
            for (int k = 0; k < in; k++) {
                double product = x[k] * scales[n * 2 + k / blockSize] * integer(values, n * in + k, bits);
                expected += product;
                size += Math.abs(product);
            }
            assertEquals(expected, y[n], size * 1e-5, "column=" + n);
        }
    }

    @Test
    void refusesValuesOfAnotherWidth() throws IOException {
        Safetensors weights = write(2, 2, 32, new byte[128], new float[4]);
        try (TinyGraph graph = new TinyGraph(weights)) {
            Value x = graph.floats("x", new float[72], 1, 72);
            IllegalArgumentException refusal =
                    assertThrows(IllegalArgumentException.class, () -> blockLinear(graph, weights, x, 8, 32));
            assertTrue(refusal.getMessage().startsWith("cannot add MatMulNBits: "), refusal.getMessage());
        }
    }

    private static Value blockLinear(TinyGraph graph, Safetensors weights, Value x, int bits, int blockSize)
            throws IOException {
        return Layers.blockLinear(
                x, graph.root.stored(weights.get("values")), graph.root.stored(weights.get("scales")), bits, blockSize);
    }

    private Safetensors write(int out, int blocks, int bytes, byte[] values, float[] scales) throws IOException {
        ByteBuffer scaleBytes = ByteBuffer.allocate(scales.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        scaleBytes.asFloatBuffer().put(scales);
        Path file = directory.resolve("blocks.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter(Map.of())
                .declare("values", DataType.U8, List.of((long) out, (long) blocks, (long) bytes))
                .declare("scales", DataType.F32, List.of((long) out, (long) blocks));
        try (SafetensorsWriter.Output output = writer.create(file)) {
            output.write("values", ByteBuffer.wrap(values));
            output.write("scales", scaleBytes);
        }
        return Safetensors.open(file);
    }

    private static float[] floats(int count, Random random) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) random.nextGaussian();
        }
        return floats;
    }

    /** Of two 4-bit integers the first is in the low half of its byte. */
    private static int integer(byte[] values, int index, int bits) {
        if (bits == 8) {
            return Byte.toUnsignedInt(values[index]) - 128;
        }
        int pair = Byte.toUnsignedInt(values[index / 2]);
        return (index % 2 == 0 ? pair & 15 : pair >> 4) - 8;
    }

    private static double largest(float[] x, int row, int in, int block, int blockSize) {
        double largest = 0;
        for (int k = block * blockSize; k < Math.min(in, (block + 1) * blockSize); k++) {
            largest = Math.max(largest, Math.abs(x[row + k]));
        }
        return largest;
    }
}
