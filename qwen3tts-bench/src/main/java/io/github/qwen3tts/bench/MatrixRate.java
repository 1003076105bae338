package io.github.qwen3tts.bench;

import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.quantize.BlockFormat;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
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

/**
 * How fast matrices are multiplied when arithmetic is all that counts: the runtime's own kernels on many rows at once, so
 * what is measured is the peak of these kernels, which is below that of the CPU.
 */
final class MatrixRate {

    private static final BlockFormat FORMAT = BlockFormat.INT8;
    private static final long SEED = 1;

    private final OrtRuntime runtime;
    private final int rows;
    private final int width;

    MatrixRate(OrtRuntime runtime, int rows, int width) {
        this.runtime = runtime;
        this.rows = rows;
        this.width = width;
    }

    /** Multiply-adds per second of 32-bit floats. */
    double floats(double seconds) throws IOException {
        return measure(seconds, false);
    }

    /** Multiply-adds per second of 8-bit blocks, inputs rounded on the way. */
    double bytes(double seconds) throws IOException {
        return measure(seconds, true);
    }

    private double measure(double seconds, boolean blocks) throws IOException {
        try (TemporaryDirectory directory = TemporaryDirectory.create();
                Scope owned = new Scope()) {
            Path file = directory.path().resolve("weights.safetensors");
            write(file);
            OrtModel model = owned.own(runtime.open(graph(file, blocks), OrtRuntime.Size.LARGE));
            Tensor x = owned.own(Tensor.floats(rows, width));
            Tensor y = owned.own(Tensor.floats(rows, width));
            Random random = new Random(SEED);
            for (int i = 0; i < rows * width; i++) {
                x.floats().put(i, random.nextFloat() - 0.5f);
            }
            OrtModel.Bindings bindings = new OrtModel.Bindings().input("x", x).output("y", y);
            return (double) rows * width * width / fastest(model, bindings, seconds);
        }
    }

    /** Seconds of the fastest run. */
    private static double fastest(OrtModel model, OrtModel.Bindings bindings, double seconds) {
        long best = Long.MAX_VALUE;
        long began = System.nanoTime();
        do {
            long start = System.nanoTime();
            model.run(bindings);
            best = Math.min(best, System.nanoTime() - start);
        } while (System.nanoTime() - began < seconds * 1e9);
        return best / 1e9;
    }

    private OnnxModel graph(Path file, boolean blocks) throws IOException {
        Safetensors weights = Safetensors.open(file);
        Graph g = Graph.named("matrix_rate", weights);
        Value x = g.input("x", ElementType.FLOAT, rows, width);
        Value y = blocks
                ? Layers.blockLinear(
                        x,
                        g.stored(weights.get("values")),
                        g.stored(weights.get("scales")),
                        FORMAT.bits(),
                        FORMAT.blockSize(width))
                : Layers.linear(x, g.weight("floats", width, width), null);
        g.output("y", y);
        return g.finish();
    }

    private void write(Path file) throws IOException {
        Random random = new Random(SEED);
        ByteBuffer floats = ByteBuffer.allocate(width * width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (floats.hasRemaining()) {
            floats.putFloat(random.nextFloat() - 0.5f);
        }
        long blocks = FORMAT.blocks(width);
        byte[] values = new byte[(int) (width * blocks * FORMAT.blockBytes(width))];
        random.nextBytes(values);
        ByteBuffer scales =
                ByteBuffer.allocate((int) (width * blocks * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        while (scales.hasRemaining()) {
            scales.putFloat(0.01f);
        }
        SafetensorsWriter writer = new SafetensorsWriter(Map.of())
                .declare("floats", DataType.F32, List.of((long) width, (long) width))
                .declare("values", DataType.U8, List.of((long) width, blocks, (long) FORMAT.blockBytes(width)))
                .declare("scales", DataType.F32, List.of((long) width, blocks));
        try (SafetensorsWriter.Output out = writer.create(file)) {
            out.write("floats", floats.flip());
            out.write("values", ByteBuffer.wrap(values));
            out.write("scales", scales.flip());
        }
    }
}
