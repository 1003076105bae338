package io.github.qwen3tts.internal.quantize;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/** Rounds one packed matrix and writes it, a few rows at a time on all CPU cores. */
final class MatrixQuantizer {

    /** Bounds the memory of a task to a few megabytes. */
    private static final int ROWS_PER_TASK = 64;

    private final PackedMatrix matrix;
    private final SafetensorsWriter.Output out;
    private final int blocks;
    private final int rowBytes;

    private MatrixQuantizer(PackedMatrix matrix, SafetensorsWriter.Output out) {
        this.matrix = matrix;
        this.out = out;
        blocks = matrix.format().blocks(matrix.columns());
        rowBytes = blocks * matrix.format().blockBytes(matrix.columns());
    }

    static void run(Safetensors weights, PackedMatrix matrix, SafetensorsWriter.Output out) throws IOException {
        MatrixQuantizer quantizer = new MatrixQuantizer(matrix, out);
        int firstRow = 0;
        for (PackedMatrix.Part part : matrix.parts()) {
            quantizer.part(source(weights, matrix, part), part.rows(), firstRow);
            firstRow += part.rows();
        }
    }

    private static TensorInfo source(Safetensors weights, PackedMatrix matrix, PackedMatrix.Part part)
            throws IOException {
        TensorInfo tensor = weights.get(matrix.path() + "." + part.name() + ".weight");
        List<Long> expected = List.of((long) part.rows(), (long) matrix.columns());
        if (!tensor.shape().equals(expected)) {
            throw new ModelLoadException(Check.message(
                    "tensor has another shape than the configuration says", "tensor", tensor, "expected", expected));
        }
        return tensor;
    }

    private void part(TensorInfo tensor, int rows, int firstRow) throws IOException {
        ByteBuffer source = Safetensors.map(tensor);
        int tasks = (rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK;
        try {
            IntStream.range(0, tasks).parallel().forEach(task -> {
                int from = task * ROWS_PER_TASK;
                rows(tensor, source, from, Math.min(ROWS_PER_TASK, rows - from), firstRow);
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void rows(TensorInfo tensor, ByteBuffer source, int from, int count, int firstRow) {
        BlockQuantizer quantizer = new BlockQuantizer(matrix.format(), matrix.columns());
        float[] row = new float[matrix.columns()];
        byte[] values = new byte[count * rowBytes];
        float[] scales = new float[count * blocks];
        for (int i = 0; i < count; i++) {
            read(tensor, source, (from + i) * matrix.columns(), row);
            quantizer.row(row, values, i * rowBytes, scales, i * blocks);
        }
        ByteBuffer scaleBytes = ByteBuffer.allocate(scales.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        scaleBytes.asFloatBuffer().put(scales);
        try {
            long target = firstRow + from;
            out.write(matrix.values(), target * rowBytes, ByteBuffer.wrap(values));
            out.write(matrix.scales(), target * blocks * Float.BYTES, scaleBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(TensorInfo tensor, ByteBuffer source, int from, float[] row) {
        switch (tensor.type()) {
            case BF16 -> {
                for (int i = 0; i < row.length; i++) {
                    row[i] = Float.intBitsToFloat(source.getShort((from + i) * Short.BYTES) << 16);
                }
            }
            case F32 -> {
                for (int i = 0; i < row.length; i++) {
                    row[i] = source.getFloat((from + i) * Float.BYTES);
                }
            }
            default ->
                throw new ModelLoadException(
                        Check.message("tensor has an unusable type", "tensor", tensor, "expected", "BF16 or F32"));
        }
    }
}
