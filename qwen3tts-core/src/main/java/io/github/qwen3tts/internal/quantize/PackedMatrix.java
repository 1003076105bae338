package io.github.qwen3tts.internal.quantize;

import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Published matrices that are multiplied with the same input, one below the other.
 *
 * @param path    of the module they belong to
 * @param parts   the matrices, in order
 * @param columns of every matrix
 * @param format  they are stored in
 */
public record PackedMatrix(String path, List<Part> parts, int columns, BlockFormat format) implements QuantizedMatrix {

    /**
     * One published matrix.
     *
     * @param name below the path, without {@code .weight}
     * @param rows how many
     */
    public record Part(String name, int rows) {}

    public PackedMatrix {
        parts = List.copyOf(parts);
    }

    /**
     * All rows.
     *
     * @return the count
     */
    public int rows() {
        return parts.stream().mapToInt(Part::rows).sum();
    }

    /** {@code path.part+part.values}. */
    @Override
    public String values() {
        return name() + ".values";
    }

    /** {@code path.part+part.scales}. */
    @Override
    public String scales() {
        return name() + ".scales";
    }

    /** {@code [rows, blocks, bytes]}. */
    @Override
    public List<Long> valuesShape() {
        return List.of((long) rows(), (long) format.blocks(columns), (long) format.blockBytes(columns));
    }

    /** {@code [rows, blocks]}. */
    @Override
    public List<Long> scalesShape() {
        return List.of((long) rows(), (long) format.blocks(columns));
    }

    @Override
    public DataType valuesType() {
        return DataType.U8;
    }

    @Override
    public void quantize(Safetensors weights, SafetensorsWriter.Output out) throws IOException {
        MatrixQuantizer.run(weights, this, out);
    }

    private String name() {
        return path + parts.stream().map(Part::name).collect(Collectors.joining("+", ".", ""));
    }
}
