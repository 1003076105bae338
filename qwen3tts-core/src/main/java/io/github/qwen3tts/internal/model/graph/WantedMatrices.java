package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.quantize.QuantizedMatrix;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Lists the quantised matrices that a graph takes, which is built in floats meanwhile. */
final class WantedMatrices implements Projections, Convolutions {

    private final QuantizedProjections.Formats formats;
    private final Set<QuantizedMatrix> matrices = new LinkedHashSet<>();

    WantedMatrices(QuantizedProjections.Formats formats) {
        this.formats = formats;
    }

    /** Those of all graphs so far, each once, in the order they were asked for. */
    List<QuantizedMatrix> list() {
        return List.copyOf(matrices);
    }

    @Override
    public Value linear(Graph g, Value x, int in, Part... parts) {
        formats.of(g, parts).ifPresent(format -> matrices.add(QuantizedProjections.packed(g, in, format, parts)));
        return Projections.FLOAT32.linear(g, x, in, parts);
    }

    @Override
    public Value convolve(Graph g, Value x, int out, int kernel, int dilation) {
        matrices.add(EightBitConvolutions.convolution(g, x, out, kernel));
        return Convolutions.FLOAT32.convolve(g, x, out, kernel, dilation);
    }

    @Override
    public Value transpose(Graph g, Value x, int out, int stride, int strides) {
        matrices.add(EightBitConvolutions.transposed(g, x, out, stride, strides));
        return Convolutions.FLOAT32.transpose(g, x, out, stride, strides);
    }
}
