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

/** Matrices in blocks of integers, from a cache file. */
record QuantizedProjections(FormatChoice choice, Safetensors quantized) implements Projections {

    @Override
    public Value linear(Graph g, Value x, int in, Part... parts) {
        if (!choice.isQuantized(g, parts)) {
            return FLOAT32.linear(g, x, in, parts);
        }
        return linear(g, x, choice.packed(g, in, parts), quantized);
    }

    /** Matrices below each other as one, below the path of the module they belong to. */
    static PackedMatrix packed(Graph g, int in, BlockFormat format, Part... parts) {
        List<PackedMatrix.Part> packed = Arrays.stream(parts)
                .map(part -> new PackedMatrix.Part(part.name(), part.out()))
                .toList();
        return new PackedMatrix(g.path(), packed, in, format);
    }

    /** {@code y = x * W^T} with a matrix of a cache file. */
    static Value linear(Graph g, Value x, PackedMatrix matrix, Safetensors quantized) {
        return Layers.blockLinear(
                x.in(g),
                stored(g, matrix.values(), quantized),
                stored(g, matrix.scales(), quantized),
                matrix.format().bits(),
                matrix.format().blockSize(matrix.columns()));
    }

    /** A tensor of a cache file. */
    static Value stored(Graph g, String name, Safetensors quantized) {
        try {
            return g.stored(quantized.get(name));
        } catch (InvalidSafetensorsException e) {
            throw new ModelLoadException(e.getMessage(), e);
        }
    }
}
