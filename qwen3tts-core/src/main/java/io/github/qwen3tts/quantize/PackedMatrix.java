package io.github.qwen3tts.quantize;

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
public record PackedMatrix(String path, List<Part> parts, int columns, BlockFormat format) {

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

    /**
     * The tensor of integers in the cache file.
     *
     * @return {@code path.part+part.values}
     */
    public String values() {
        return name() + ".values";
    }

    /**
     * The tensor of scales in the cache file.
     *
     * @return {@code path.part+part.scales}
     */
    public String scales() {
        return name() + ".scales";
    }

    /**
     * How the integers lie.
     *
     * @return {@code [rows, blocks, bytes]}
     */
    public List<Long> valuesShape() {
        return List.of((long) rows(), (long) format.blocks(columns), (long) format.blockBytes(columns));
    }

    /**
     * How the scales lie.
     *
     * @return {@code [rows, blocks]}
     */
    public List<Long> scalesShape() {
        return List.of((long) rows(), (long) format.blocks(columns));
    }

    private String name() {
        return path + parts.stream().map(Part::name).collect(Collectors.joining("+", ".", ""));
    }
}
