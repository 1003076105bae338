package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Value;
import java.util.stream.LongStream;

/**
 * How the codec decoder's convolutions are computed: as products of windows and one matrix, which is as fast for many rows
 * as the runtime's convolution and much faster for few; or with fewer products yet.
 */
public interface Convolutions {

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
     * Sliding windows over rows.
     *
     * @param g        view of the module that convolves them
     * @param x        {@code [time, width]}
     * @param kernel   rows in a window
     * @param dilation rows from one to the next
     * @return {@code [time - (kernel - 1) * dilation, kernel * width]}, the rows of a window side by side
     */
    static Value windows(Graph g, Value x, int kernel, int dilation) {
        if (kernel == 1) {
            return x;
        }
        int reach = (kernel - 1) * dilation;
        Value starts = x.rows().minus(g.longs(reach)).indices().asRowsOf(x, reach);
        long[] offsets = LongStream.range(0, kernel).map(i -> i * dilation).toArray();
        Value places = starts.reshape(-1, 1).plus(g.longs(offsets)); // [windows, kernel]
        return x.gather(places).reshape(-1, kernel * x.shape().known(1)).asRowsOf(x, reach);
    }

    /**
     * The bias of a transposed convolution for all rows that a row becomes, side by side.
     *
     * @param g      view of the module that has {@code bias [out]}
     * @param out    channels
     * @param stride rows that a row becomes
     * @return {@code [stride * out]}
     */
    static Value repeatedBias(Graph g, int out, int stride) {
        float[] bias = g.weightFloats("bias", out);
        float[] repeated = new float[stride * out];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = bias[i % out];
        }
        return g.floats("biases", repeated, stride * out);
    }

    /** 32-bit floats. */
    Convolutions FLOAT32 = new Convolutions() {

        @Override
        public Value convolve(Graph g, Value x, int out, int kernel, int dilation) {
            int in = Math.toIntExact(x.shape().known(1));
            Value taps =
                    g.weight("weight", out, in, kernel).in(g).transpose(2, 1, 0).reshape((long) kernel * in, out);
            return Layers.product(windows(g, x.in(g), kernel, dilation), taps).plus(g.weight("bias", out));
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
            return Layers.product(windows(g, x.in(g), strides, 1), taps)
                    .plus(repeatedBias(g, out, stride))
                    .reshape(-1, out);
        }
    };
}
