package io.github.qwen3tts.internal.safetensors;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a tensor lies and what it is.
 *
 * @param name   as published
 * @param type   element type
 * @param shape  row-major; empty for a scalar
 * @param file   the file that holds it
 * @param offset of the first byte, from the start of the file
 * @param bytes  how many bytes, little endian; equals the product of the shape times the element size
 */
public record TensorInfo(String name, DataType type, List<Long> shape, Path file, long offset, long bytes) {

    /**
     * How many elements the shape holds.
     *
     * @return the product of the shape
     */
    public long elements() {
        return bytes / type.bytes();
    }

    @Override
    public String toString() {
        return name + " " + type + shape + " in " + file;
    }
}
