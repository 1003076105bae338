package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Value;

/**
 * How the codec decoder's matrices are multiplied, those of its convolutions too: as products of windows and one matrix,
 * which is as fast for many rows as the runtime's convolution and much faster for few; or with fewer products yet.
 */
public interface Convolutions extends Projections {

    /**
     * Convolution over time without padding.
     *
     * @param g        view of the module that has {@code weight [out, in, kernel]} and {@code bias [out]}
     * @param x        {@code [time + (kernel - 1) * dilation, in]}
     * @param out      channels
     * @param kernel   taps
     * @param dilation rows from tap to tap
     * @return {@code [time, out]}
     */
    Value convolve(Graph g, Value x, int out, int kernel, int dilation);

    /**
     * As {@link #convolve}, with seven taps and where a frame has many rows: there it pays to read more weights and to
     * add rows up if that saves products.
     *
     * @param g        view of the module that has {@code weight [out, in, 7]} and {@code bias [out]}
     * @param x        {@code [time + 6 * dilation, in]}
     * @param out      channels
     * @param dilation rows from tap to tap
     * @return {@code [time, out]}
     */
    default Value convolveManyRows(Graph g, Value x, int out, int dilation) {
        return convolve(g, x, out, CodecDecoderGraph.KERNEL, dilation);
    }

    /**
     * Transposed convolution whose kernel is one or two strides long: {@code y[j s + r] = b + w[s + r] x[j - 1] + w[r]
     * x[j]}, the first product for two strides only.
     *
     * @param g       view of the module that has {@code weight [in, out, strides * stride]} and {@code bias [out]}
     * @param x       {@code [time + strides - 1, in]}
     * @param out     channels
     * @param stride  rows that a row becomes
     * @param strides 1 or 2
     * @return {@code [time * stride, out]}
     */
    Value transpose(Graph g, Value x, int out, int stride, int strides);

    /**
     * {@code y = x * W^T + b}.
     *
     * @param g   view of the module that the layer belongs to
     * @param x   {@code [time, in]}
     * @param name of the layer, which has {@code weight [out, in]} and {@code bias [out]}
     * @param in  channels
     * @param out channels
     * @return {@code [time, out]}
     */
    Value linear(Graph g, Value x, String name, int in, int out);

    /** 32-bit floats. */
    Convolutions FLOAT32 = new Convolutions() {

        @Override
        public Value convolve(Graph g, Value x, int out, int kernel, int dilation) {
            int in = Math.toIntExact(x.shape().known(1));
            Value taps =
                    g.weight("weight", out, in, kernel).in(g).transpose(2, 1, 0).reshape((long) kernel * in, out);
            return Layers.product(x.in(g).windows(kernel, dilation), taps).plus(g.weight("bias", out));
        }

        @Override
        public Value convolveManyRows(Graph g, Value x, int out, int dilation) {
            return WinogradConvolution.convolve(g, x, out, dilation);
        }

        @Override
        public Value transpose(Graph g, Value x, int out, int stride, int strides) {
            int in = Math.toIntExact(x.shape().known(1));
            Value taps = g.weight("weight", in, out, strides * stride)
                    .in(g)
                    .reshape(in, out, strides, stride)
                    .transpose(2, 0, 3, 1); // [tap, in, stride, out], tap 0 on x[j]
            if (strides == 2) {
                Value[] nowAndBefore = taps.split(0, 1, 1);
                taps = Value.concat(0, nowAndBefore[1], nowAndBefore[0]);
            }
            taps = taps.reshape((long) strides * in, (long) stride * out);
            return Layers.product(x.in(g).windows(strides, 1), taps)
                    .plus(CodecDecoderGraph.repeatedBias(g, out, stride))
                    .reshape(-1, out);
        }

        @Override
        public Value linear(Graph g, Value x, String name, int in, int out) {
            Graph layer = g.at(name);
            return Layers.linear(x.in(layer), layer.weight("weight", out, in), layer.weight("bias", out));
        }

        @Override
        public Value linear(Graph g, Value x, int in, Part... parts) {
            return Projections.FLOAT32.linear(g, x, in, parts);
        }
    };
}
