package io.github.qwen3tts.model.graph;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.onnx.Graph;
import io.github.qwen3tts.onnx.Layers;
import io.github.qwen3tts.onnx.Value;
import io.github.qwen3tts.quantize.PackedMatrix;
import io.github.qwen3tts.safetensors.InvalidSafetensorsException;
import io.github.qwen3tts.safetensors.Safetensors;

/** Matrices in blocks of integers, from a cache file. */
record QuantizedProjections(FormatChoice choice, Safetensors quantized) implements Projections {

    @Override
    public Value linear(Graph g, Value x, int in, Part... parts) {
        if (!choice.isQuantized(g, parts)) {
            return FLOAT32.linear(g, x, in, parts);
        }
        PackedMatrix matrix = choice.packed(g, in, parts);
        try {
            return Layers.blockLinear(
                    x.in(g),
                    g.stored(quantized.get(matrix.values())),
                    g.stored(quantized.get(matrix.scales())),
                    matrix.format().bits(),
                    matrix.format().blockSize(in));
        } catch (InvalidSafetensorsException e) {
            throw new ModelLoadException(e.getMessage(), e);
        }
    }
}
