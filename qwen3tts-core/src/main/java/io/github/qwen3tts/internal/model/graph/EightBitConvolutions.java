package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.quantize.ConvolutionMatrix;
import io.github.qwen3tts.internal.quantize.QuantizedMatrix;
import io.github.qwen3tts.internal.safetensors.Safetensors;

/**
 * Convolutions as products of 8-bit integers. What goes into one is rounded to 256 steps between its smallest and its
 * largest number, which both depend on the piece that is decoded: audio depends on the pieces, by as much as the rounding.
 *
 * @param quantized the matrices
 */
record EightBitConvolutions(Safetensors quantized) implements Convolutions {

    static ConvolutionMatrix convolution(Graph g, Value x, int out, int kernel) {
        return ConvolutionMatrix.convolution(g.path(), Math.toIntExact(x.shape().known(1)), out, kernel);
    }

    static ConvolutionMatrix transposed(Graph g, Value x, int out, int stride, int strides) {
        return ConvolutionMatrix.transposed(g.path(), Math.toIntExact(x.shape().known(1)), out, stride, strides);
    }

    @Override
    public Value convolve(Graph g, Value x, int out, int kernel, int dilation) {
        return product(g, x, convolution(g, x, out, kernel), kernel, dilation, g.weight("bias", out));
    }

    @Override
    public Value transpose(Graph g, Value x, int out, int stride, int strides) {
        Value bias = Convolutions.repeatedBias(g, out, stride);
        return product(g, x, transposed(g, x, out, stride, strides), strides, 1, bias)
                .reshape(-1, out);
    }

    private Value product(Graph g, Value x, QuantizedMatrix matrix, int kernel, int dilation, Value bias) {
        Layers.Rounded rounded = Layers.roundToBytes(x.in(g));
        Value windows = Convolutions.windows(g, rounded.values(), kernel, dilation);
        return Layers.integerLinear(
                new Layers.Rounded(windows, rounded.scale(), rounded.zero()),
                QuantizedProjections.stored(g, matrix.values(), quantized),
                QuantizedProjections.stored(g, matrix.scales(), quantized),
                bias);
    }
}
