package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.quantize.BlockFormat;
import io.github.qwen3tts.internal.quantize.PackedMatrix;
import io.github.qwen3tts.internal.safetensors.InvalidSafetensorsException;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Matrices in blocks of integers.
 *
 * @param formats   which of them
 * @param quantized the matrices
 */
record QuantizedProjections(Formats formats, Safetensors quantized) implements Projections {

    /** Chooses the format of matrices on one input; empty for floats. */
    interface Formats {
        Optional<BlockFormat> of(Graph g, Part... parts);
    }

    @Override
    public Value linear(Graph g, Value x, int in, Part... parts) {
        return formats.of(g, parts)
                .map(format -> linear(g, x, packed(g, in, format, parts)))
                .orElseGet(() -> FLOAT32.linear(g, x, in, parts));
    }

    private Value linear(Graph g, Value x, PackedMatrix matrix) {
        return Layers.blockLinear(
                x.in(g),
                stored(g, matrix.values(), quantized),
                stored(g, matrix.scales(), quantized),
                matrix.format().bits(),
                matrix.format().blockSize(matrix.columns()));
    }

    /** Matrices below each other as one, below the path of the module they belong to. */
    static PackedMatrix packed(Graph g, int in, BlockFormat format, Part... parts) {
        List<PackedMatrix.Part> packed = Arrays.stream(parts)
                .map(part -> new PackedMatrix.Part(part.name(), part.out()))
                .toList();
        return new PackedMatrix(g.path(), packed, in, format);
    }

    /** A tensor of a quantised matrix. */
    static Value stored(Graph g, String name, Safetensors quantized) {
        try {
            return g.stored(quantized.get(name));
        } catch (InvalidSafetensorsException e) {
            throw new ModelLoadException(e.getMessage(), e);
        }
    }
}
