package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.quantize.BlockFormat;
import io.github.qwen3tts.internal.quantize.ConvolutionMatrix;
import io.github.qwen3tts.internal.quantize.PackedMatrix;
import io.github.qwen3tts.internal.quantize.QuantizedMatrix;
import io.github.qwen3tts.internal.quantize.QuantizedWeights;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The codec decoder's matrices as products of 8-bit integers, from a cache file. What goes into a convolution is rounded
 * to 256 steps between its smallest and its largest number, which both depend on the piece that is decoded: audio
 * depends on the pieces, by as much as the rounding.
 *
 * @param quantized the cache file
 */
public record EightBitConvolutions(Safetensors quantized) implements Convolutions {

    /**
     * The matrices of a checkpoint; makes their cache file if need be.
     *
     * @param checkpoint the weights
     * @param cache      directory of cache files
     * @return for the decoder
     */
    public static EightBitConvolutions openOrMake(Checkpoint checkpoint, Path cache) {
        Wanted wanted = new Wanted();
        CodecDecoderGraph.latents(checkpoint, wanted);
        CodecDecoderGraph.samples(checkpoint, wanted);
        return new EightBitConvolutions(QuantizedWeights.openOrMake(
                cache, checkpoint, checkpoint.codecWeights(), List.copyOf(wanted.matrices)));
    }

    private static ConvolutionMatrix convolution(Graph g, Value x, int out, int kernel) {
        return ConvolutionMatrix.convolution(g.path(), Math.toIntExact(x.shape().known(1)), out, kernel);
    }

    private static ConvolutionMatrix transposed(Graph g, Value x, int out, int stride, int strides) {
        return ConvolutionMatrix.transposed(g.path(), Math.toIntExact(x.shape().known(1)), out, stride, strides);
    }

    private static PackedMatrix packed(Graph g, int in, Part... parts) {
        return QuantizedProjections.packed(g, in, BlockFormat.INT8, parts);
    }

    @Override
    public Value convolve(Graph g, Value x, int out, int kernel, int dilation) {
        return product(g, x, convolution(g, x, out, kernel), kernel, dilation, g.weight("bias", out));
    }

    @Override
    public Value transpose(Graph g, Value x, int out, int stride, int strides) {
        Value bias = CodecDecoderGraph.repeatedBias(g, out, stride);
        return product(g, x, transposed(g, x, out, stride, strides), strides, 1, bias)
                .reshape(-1, out);
    }

    private Value product(Graph g, Value x, QuantizedMatrix matrix, int kernel, int dilation, Value bias) {
        Layers.Rounded rounded = Layers.roundToBytes(x.in(g));
        Layers.Rounded windows =
                new Layers.Rounded(rounded.values().windows(kernel, dilation), rounded.scale(), rounded.zero());
        return Layers.integerLinear(
                windows,
                QuantizedProjections.stored(g, matrix.values(), quantized),
                QuantizedProjections.stored(g, matrix.scales(), quantized),
                bias);
    }

    @Override
    public Value linear(Graph g, Value x, String name, int in, int out) {
        return linear(g, x, in, new Part(name, out)).plus(g.at(name).weight("bias", out));
    }

    @Override
    public Value linear(Graph g, Value x, int in, Part... parts) {
        return QuantizedProjections.linear(g, x, packed(g, in, parts), quantized);
    }

    /** Writes down which matrices a graph takes, and builds it in floats. */
    private static final class Wanted implements Convolutions {

        private final Set<QuantizedMatrix> matrices = new LinkedHashSet<>();

        @Override
        public Value convolve(Graph g, Value x, int out, int kernel, int dilation) {
            matrices.add(convolution(g, x, out, kernel));
            return FLOAT32.convolve(g, x, out, kernel, dilation);
        }

        @Override
        public Value transpose(Graph g, Value x, int out, int stride, int strides) {
            matrices.add(transposed(g, x, out, stride, strides));
            return FLOAT32.transpose(g, x, out, stride, strides);
        }

        @Override
        public Value linear(Graph g, Value x, String name, int in, int out) {
            matrices.add(packed(g, in, new Part(name, out)));
            return FLOAT32.linear(g, x, name, in, out);
        }

        @Override
        public Value linear(Graph g, Value x, int in, Part... parts) {
            matrices.add(packed(g, in, parts));
            return FLOAT32.linear(g, x, in, parts);
        }
    }
}
