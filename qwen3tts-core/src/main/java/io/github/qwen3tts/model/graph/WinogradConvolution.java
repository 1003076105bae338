package io.github.qwen3tts.model.graph;

import io.github.qwen3tts.onnx.Graph;
import io.github.qwen3tts.onnx.Layers;
import io.github.qwen3tts.onnx.Value;

/**
 * Convolution over time by a {@link MinimalFilter}: 2.5 products are left of the seven per row and pair of channels.
 *
 * <p>The filters were chosen by their rounding errors in 32-bit floats. As a share of the root mean square of all results,
 * that of the errors is 1.5e-6 with {@link #NARROW} and 3e-6 with {@link #WIDE}, where sums of all products have 3e-7
 * (measured with 256 channels). What this does to audio is less than the difference between two implementations of the
 * official arithmetic.
 */
final class WinogradConvolution {

    /** 10 products for 4 results. */
    private static final MinimalFilter WIDE =
            MinimalFilter.toomCook(7, 0, 4 / 5., -4 / 5., 5 / 4., -5 / 4., 2 / 5., -2 / 5., 5 / 2., -5 / 2.);

    /** 20 products for 8 results: more exact, with twice as many matrices, which is little where they are small. */
    private static final MinimalFilter NARROW = MinimalFilter.toomCook(2, 0, 1)
            .of(MinimalFilter.toomCook(4, 0, 1, -1, 2, -2, 1 / 2.))
            .shortened();

    private static final int NARROW_CHANNELS = 256;
    private static final int TAPS = 7;

    private WinogradConvolution() {}

    /** As {@link Convolutions#convolveManyRows}. */
    static Value convolve(Graph g, Value x, int out, int dilation) {
        int in = Math.toIntExact(x.shape().known(1));
        MinimalFilter filter = in <= NARROW_CHANNELS ? NARROW : WIDE;
        int products = filter.products();
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

        Value[] sums = matrix(g, "steps", filter.steps())
                .matMul(windows.reshape(steps, -1))
                .reshape(-1, in)
                .splitRows(products); // each [tiles, in]
        Value[] taps = taps(g, filter, in, out);
        for (int p = 0; p < products; p++) {
            sums[p] = Layers.product(sums[p], taps[p]);
        }
        Value y = matrix(g, "results", filter.results())
                .matMul(Value.concat(0, sums).reshape(products, -1))
                .reshape(-1, out); // [results * tiles, out]

        Value order = tiles.times(g.longs(results)).indices().reshape(results, -1, dilation);
        return y.gather(order.transpose(1, 0, 2).reshape(-1).first(time)).plus(g.weight("bias", out));
    }

    /** One matrix per product, each [in, out]. */
    private static Value[] taps(Graph g, MinimalFilter filter, int in, int out) {
        Value taps = g.weight("weight", out, in, TAPS).in(g).transpose(2, 1, 0).reshape(TAPS, (long) in * out);
        return matrix(g, "taps", filter.taps())
                .matMul(taps)
                .reshape((long) filter.products() * in, out)
                .splitRows(filter.products());
    }

    private static long[] multiples(int dilation, int count) {
        long[] multiples = new long[count];
        for (int i = 0; i < count; i++) {
            multiples[i] = (long) i * dilation;
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
