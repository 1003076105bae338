package io.github.qwen3tts.model.graph;

import io.github.qwen3tts.onnx.Graph;
import io.github.qwen3tts.onnx.Layers;
import io.github.qwen3tts.onnx.Value;

/**
 * Convolution over time by a {@link MinimalFilter}: of the seven products per row and pair of channels, two and a half are
 * left, or even less.
 *
 * <p>The filters were chosen by their rounding errors in 32-bit floats. As a share of the root mean square of all results,
 * that of the errors is 1.5e-6 with {@link #NARROW} and 3e-6 with {@link #WIDE}, where sums of all products have 3e-7
 * (measured with 256 channels). What this does to audio is less than the difference between two implementations of the
 * official arithmetic.
 */
final class WinogradConvolution {

    /** For up to {@value #NARROW_CHANNELS} channels. 27 products for 12 results: many matrices, but small ones. */
    private static final MinimalFilter NARROW = MinimalFilter.toomCook(2, 0, 1, -1)
            .of(MinimalFilter.toomCook(4, 0, 1, -1, 2, -2, 2 / 5.))
            .shortened();

    /** 10 products for 4 results: hardly more weights to read than those of the seven taps. */
    private static final MinimalFilter WIDE =
            MinimalFilter.toomCook(7, 0, 4 / 5., -4 / 5., 5 / 4., -5 / 4., 2 / 5., -2 / 5., 5 / 2., -5 / 2.);

    private static final int NARROW_CHANNELS = 256;
    private static final int TAPS = 7;

    private WinogradConvolution() {}

    /** As {@link Convolutions#convolveManyRows}. */
    static Value convolve(Graph g, Value x, int out, int dilation) {
        int in = Math.toIntExact(x.shape().known(1));
        MinimalFilter filter = in <= NARROW_CHANNELS ? NARROW : WIDE;
        int steps = filter.steps()[0].length;
        int results = filter.results().length;
        Value rows = x.in(g).rows();
        Value time = rows.minus(g.longs((TAPS - 1L) * dilation));

        // every dilation-th row belongs to one sequence; a tile is what the next few results of a sequence are made of
        Value span = g.longs((long) results * dilation);
        Value tiles = time.plus(span).minus(g.longs(1)).over(span).times(g.longs(dilation));
        Value tile = tiles.indices();
        Value first = tile.plus(tile.over(g.longs(dilation)).times(g.longs((results - 1L) * dilation)));
        Value places =
                first.reshape(1, -1).plus(g.longs(multiples(dilation, steps)).reshape(steps, 1));
        Value windows = x.in(g).gather(places.atMost(rows.minus(g.longs(1)))); // [steps, tiles, in]

        Value sums = matrix(g, "steps", filter.steps()).matMul(windows.reshape(steps, -1)); // [products, tiles * in]
        Value products = filter == NARROW ? productsAtOnce(g, sums, in, out) : productsOneByOne(g, sums, in, out);
        Value y = matrix(g, "results", filter.results()).matMul(products).reshape(-1, out); // [results * tiles, out]

        Value order = tiles.times(g.longs(results)).indices().reshape(results, -1, dilation);
        return y.gather(order.transpose(1, 0, 2).reshape(-1).first(time)).plus(g.weight("bias", out));
    }

    /** One node for all. sums: [products, tiles * in], result [products, tiles * out]. */
    private static Value productsAtOnce(Graph g, Value sums, int in, int out) {
        int n = NARROW.products();
        Value taps = taps(g, NARROW, in, out).reshape(n, in, out);
        return sums.reshape(n, -1, in).matMul(taps).reshape(n, -1);
    }

    /** As {@link #productsAtOnce}, but by nodes whose weights the runtime packs ahead, which pays where they are large. */
    private static Value productsOneByOne(Graph g, Value sums, int in, int out) {
        int n = WIDE.products();
        Value[] products = sums.reshape(-1, in).splitRows(n);
        Value[] taps = taps(g, WIDE, in, out).reshape((long) n * in, out).splitRows(n);
        for (int p = 0; p < n; p++) {
            products[p] = Layers.product(products[p], taps[p]);
        }
        return Value.concat(0, products).reshape(n, -1);
    }

    /** The sums of taps, which the runtime adds up when it prepares the graph: [products, in * out]. */
    private static Value taps(Graph g, MinimalFilter filter, int in, int out) {
        Value taps = g.weight("weight", out, in, TAPS).in(g).transpose(2, 1, 0).reshape(TAPS, (long) in * out);
        return matrix(g, "taps", filter.taps()).matMul(taps);
    }

    private static long[] multiples(int factor, int count) {
        long[] multiples = new long[count];
        for (int i = 0; i < count; i++) {
            multiples[i] = (long) i * factor;
        }
        return multiples;
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
