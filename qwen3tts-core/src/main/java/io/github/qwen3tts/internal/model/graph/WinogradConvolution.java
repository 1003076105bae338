package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Value;
import java.util.stream.LongStream;

/**
 * Convolution over time by a {@link MinimalFilter}: of the seven products per row and pair of channels, two and a half are
 * left, or even less.
 *
 * <p>The filters were chosen by their rounding errors in 32-bit floats. As a share of the root mean square of all results,
 * that of the errors is 1.3e-6 with {@link #NARROW} and 256 channels, 3e-6 with {@link #WIDE} and 257 to 768, and 3e-7 if
 * all products are summed up. The audio of the golden cases, whose convolutions are narrow, is off by 7e-7 (root mean
 * square, median) instead of 5e-7; a second implementation of the official arithmetic was by up to 1e-6.
 */
final class WinogradConvolution {

    /** F(12, 7) for up to {@value #NARROW_CHANNELS} channels, 27 products: many matrices, but small ones. */
    private static final MinimalFilter NARROW = MinimalFilter.toomCook(2, 0, 1, -1)
            .of(MinimalFilter.toomCook(4, 0, 1, -1, 2, -2, 2 / 5.))
            .shortened();

    /** F(4, 7), 10 products: three matrices more to read than the seven taps are. */
    private static final MinimalFilter WIDE =
            MinimalFilter.toomCook(7, 0, 4 / 5., -4 / 5., 5 / 4., -5 / 4., 2 / 5., -2 / 5., 5 / 2., -5 / 2.);

    private static final int NARROW_CHANNELS = 256;
    private static final int TAPS = CodecDecoderGraph.KERNEL;

    private WinogradConvolution() {}

    /** As {@link Convolutions#convolveManyRows}. */
    static Value convolve(Graph g, Value x, int out, int dilation) {
        int in = Math.toIntExact(x.shape().known(1));
        MinimalFilter filter = in <= NARROW_CHANNELS ? NARROW : WIDE;
        int steps = filter.steps()[0].length;
        int results = filter.results().length;
        Value rows = x.in(g).rows();
        int reach = (TAPS - 1) * dilation;
        Value time = rows.minus(g.longs(reach));

        // every dilation-th row belongs to one sequence; a tile is what the next few results of a sequence are made of
        Value span = g.longs((long) results * dilation);
        Value tiles = time.plus(span).minus(g.longs(1)).over(span).times(g.longs(dilation));
        Value tile = tiles.indices();
        Value first = tile.plus(tile.over(g.longs(dilation)).times(g.longs((results - 1L) * dilation)));
        Value places = first.reshape(1, -1)
                .plus(g.longs(LongStream.range(0, steps).map(i -> i * dilation).toArray())
                        .reshape(steps, 1));
        Value windows = x.in(g).gather(places.atMost(rows.minus(g.longs(1)))); // [steps, tiles, in]

        Value sums = matrix(g, "steps", filter.steps()).matMul(windows.reshape(steps, -1)); // [products, tiles * in]
        Value taps = taps(g, filter, in, out);
        Value products = filter == NARROW ? productsAtOnce(sums, taps, in, out) : productsOneByOne(sums, taps, in, out);
        Value y = matrix(g, "results", filter.results()).matMul(products).reshape(-1, out); // [results * tiles, out]

        Value order = tiles.times(g.longs(results)).indices().reshape(results, -1, dilation);
        Value inOrder =
                y.gather(order.transpose(1, 0, 2).reshape(-1).first(time)).asRowsOf(x, reach);
        return inOrder.plus(g.weight("bias", out));
    }

    /** One node for all. sums: [products, tiles * in], taps: [products, in * out], result [products, tiles * out]. */
    private static Value productsAtOnce(Value sums, Value taps, int in, int out) {
        long n = taps.shape().known(0);
        return sums.reshape(n, -1, in).matMul(taps.reshape(n, in, out)).reshape(n, -1);
    }

    /** As {@link #productsAtOnce}, but by nodes whose weights the runtime packs ahead, which pays where they are large. */
    private static Value productsOneByOne(Value sums, Value taps, int in, int out) {
        int n = Math.toIntExact(taps.shape().known(0));
        Value[] products = sums.reshape(-1, in).splitRows(n);
        Value[] matrices = taps.reshape((long) n * in, out).splitRows(n);
        for (int p = 0; p < n; p++) {
            products[p] = Layers.product(products[p], matrices[p]);
        }
        return Value.concat(0, products).reshape(n, -1);
    }

    /** The sums of taps, which the runtime adds up when it prepares the graph: [products, in * out]. */
    private static Value taps(Graph g, MinimalFilter filter, int in, int out) {
        Value taps = g.weight("weight", out, in, TAPS).in(g).transpose(2, 1, 0).reshape(TAPS, (long) in * out);
        return matrix(g, "taps", filter.taps()).matMul(taps);
    }

    private static Value matrix(Graph g, String name, double[][] rows) {
        int columns = rows[0].length;
        float[] values = new float[rows.length * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rows[i / columns][i % columns];
        }
        return g.floats(name, values, rows.length, columns);
    }
}
