package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.internal.Check;
import java.util.List;

/**
 * Layers over up to {@value #MOST_ROWS} rows of a prompt, on the tensor cores. See {@code tensor_linear.cu}. A row's result
 * is the same to the last bit in whatever company it is read, but not that of the layer's own launch, which frames use.
 * Layers the tensor cores do not take are launched as ever: those of fp32 weights, and of integer ones with fewer than 128
 * inputs.
 *
 * @param fragments address of scratch memory, {@link #fragmentBytes} of the layer with the most inputs
 */
public record TensorLinear(long fragments) implements LinearLaunches {

    /** Rows of a launch at most. */
    public static final int MOST_ROWS = 64;

    /** And at least: rows of one operand of the tensor cores. */
    public static final int FEWEST_ROWS = 16;

    private static final int THREADS = 256;
    private static final int WARPS = THREADS / 32;
    private static final int OUTPUTS_PER_WARP = 32;

    /** Inputs are padded to a multiple of it; also what integer weights have to have at least. */
    private static final int BLOCK = 128;

    /** 16-byte loads of a thread on their way at a time: three units of {@link #loadsOfUnit}, four outputs each. */
    private static final int LOADS_AHEAD = 3 * OUTPUTS_PER_WARP / 8;

    /**
     * Scratch memory.
     *
     * @param inputs of a layer
     * @return bytes
     */
    public static long fragmentBytes(int inputs) {
        return (long) MOST_ROWS * LinearShape.divideUp(inputs, BLOCK) * BLOCK * Float.BYTES;
    }

    /**
     * What a block computes.
     *
     * @param narrow outputs of one group of warps, not of two; decides in which order inputs are added up
     * @param rows   16, 32 or 64; decides no bit
     */
    record Shape(boolean narrow, int rows) {

        /** With so many outputs there are enough blocks of two groups. */
        private static final int MANY_OUTPUTS = 6144;

        /** As many rows to a block as leaves enough blocks. */
        static Shape of(int rows, int outputs) {
            Shape shape = new Shape(outputs < MANY_OUTPUTS, padded(rows));
            int blocks = shape.blocksOfOutputs(outputs);
            while (shape.rows > FEWEST_ROWS && blocks * shape.blocksOfRows(rows) < LinearShape.ENOUGH_BLOCKS) {
                shape = new Shape(shape.narrow, shape.rows / 2);
            }
            return shape;
        }

        private int groups() {
            return narrow ? 1 : 2;
        }

        private int outputs() {
            return groups() * OUTPUTS_PER_WARP;
        }

        private int blocksOfOutputs(int all) {
            return LinearShape.divideUp(all, outputs());
        }

        private int blocksOfRows(int all) {
            return padded(all) / rows;
        }

        /** First weights on their way, then the slices' sums. */
        private int sharedBytes(WeightType type) {
            return Math.max(
                    LOADS_AHEAD * loadsOfUnit(type) * THREADS * 16,
                    WARPS / groups() * rows * (outputs() + 8) * Float.BYTES);
        }

        /** The end of the kernel's name. */
        private String suffix() {
            return "_r" + rows + (narrow ? "_narrow" : "");
        }
    }

    @Override
    public List<Launch> of(RmsNormLinear layer, Rows x, Rows y) {
        return takes(layer.weights())
                ? of(layer, x, y, Shape.of(x.rows(), layer.weights().outputs()))
                : PLAIN.of(layer, x, y);
    }

    List<Launch> of(RmsNormLinear layer, Rows x, Rows y, Shape shape) {
        x.expect(y.rows(), layer.weights().inputs(), "input");
        y.expect(x.rows(), layer.outputs(), "output");
        return List.of(
                fragments(layer.weights(), x, layer.norm(), layer.eps()),
                product(layer.weights(), layer.bias(), y, layer.activation(), false, shape));
    }

    @Override
    public List<Launch> of(LinearResidual layer, Rows y, Rows x) {
        if (!takes(layer.weights()) || layer.scale() != 0) {
            return PLAIN.of(layer, y, x);
        }
        y.expect(x.rows(), layer.weights().inputs(), "input");
        x.expect(y.rows(), layer.weights().outputs(), "residual stream");
        return List.of(
                fragments(layer.weights(), y, 0, 0f),
                product(
                        layer.weights(),
                        layer.bias(),
                        x,
                        Activation.NONE,
                        true,
                        Shape.of(x.rows(), layer.weights().outputs())));
    }

    private static boolean takes(DeviceMatrix weights) {
        return weights.type() == WeightType.BF16 || weights.type().isQuantized() && weights.inputs() >= BLOCK;
    }

    private static int loadsOfUnit(WeightType type) {
        return type == WeightType.INT4 ? 1 : 2;
    }

    /**
     * Rows that are computed for some.
     *
     * @param rows {@code 1 ..} {@value #MOST_ROWS}
     * @return 16, 32 or 64, the fewest that take them in
     */
    public static int padded(int rows) {
        if (rows > MOST_ROWS) {
            throw new IllegalArgumentException(Check.message("too many rows", "rows", rows, "most", MOST_ROWS));
        }
        return rows <= FEWEST_ROWS ? FEWEST_ROWS : rows <= 2 * FEWEST_ROWS ? 2 * FEWEST_ROWS : MOST_ROWS;
    }

    private Launch fragments(DeviceMatrix weights, Rows x, long norm, float eps) {
        return Launch.of("tensor_linear", "tensor_rows_" + weights.type().suffix())
                .grid(padded(x.rows()), 1, 1)
                .threads(THREADS)
                .sharedBytes(WARPS * Float.BYTES)
                .pointer(x.address())
                .pointer(norm)
                .real(eps)
                .pointer(fragments)
                .integer(x.rows())
                .integer(weights.inputs());
    }

    private Launch product(DeviceMatrix weights, long bias, Rows y, Activation activation, boolean adds, Shape shape) {
        return Launch.of("tensor_linear", "tensor_linear_" + weights.type().suffix() + shape.suffix())
                .grid(shape.blocksOfOutputs(weights.outputs()), shape.blocksOfRows(y.rows()), 1)
                .threads(THREADS)
                .sharedBytes(shape.sharedBytes(weights.type()))
                .pointer(fragments)
                .pointer(weights.address())
                .pointer(weights.scales())
                .pointer(bias)
                .pointer(y.address())
                .integer(y.rows())
                .integer(weights.inputs())
                .integer(weights.outputs())
                .integer(weights.loads())
                .integer(weights.type().blockShift(weights.inputs()))
                .integer(activation.ordinal())
                .integer(adds ? 1 : 0);
    }
}
