package io.github.qwen3tts.internal.runtime.cuda;

/**
 * A layer {@code y = activation(W * norm(x) + bias)}; norm and bias may be missing. See {@code rms_norm_linear.cu}.
 *
 * @param weights    {@code [outputs, inputs]}
 * @param norm       address of {@code [inputs]} floats, 0 for no norm
 * @param eps        added to the mean square
 * @param bias       address of {@code [outputs]} floats, 0 for none
 * @param activation applied last; {@link Activation#GATE} alone changes the number of results
 */
public record RmsNormLinear(DeviceMatrix weights, long norm, float eps, long bias, Activation activation) {

    /**
     * A layer behind a norm, without bias or activation.
     *
     * @param weights {@code [outputs, inputs]}
     * @param norm    address of {@code [inputs]} floats
     * @param eps     added to the mean square
     * @return the layer
     */
    public static RmsNormLinear normed(DeviceMatrix weights, long norm, float eps) {
        return new RmsNormLinear(weights, norm, eps, 0, Activation.NONE);
    }

    /**
     * Two layers behind a norm, one of which gates the other: {@code silu(gate) * up}.
     *
     * @param weights {@code [2 * outputs, inputs]}, those of the gate first
     * @param norm    address of {@code [inputs]} floats
     * @param eps     added to the mean square
     * @return the layer
     */
    public static RmsNormLinear gate(DeviceMatrix weights, long norm, float eps) {
        return new RmsNormLinear(weights, norm, eps, 0, Activation.GATE);
    }

    /**
     * A layer without a norm.
     *
     * @param weights    {@code [outputs, inputs]}
     * @param bias       address of {@code [outputs]} floats, 0 for none
     * @param activation applied last
     * @return the layer
     */
    public static RmsNormLinear plain(DeviceMatrix weights, long bias, Activation activation) {
        return new RmsNormLinear(weights, 0, 0f, bias, activation);
    }

    /**
     * Results per row.
     *
     * @return rows of the weights, or half of them for a gate
     */
    public int outputs() {
        return activation == Activation.GATE ? weights.outputs() / 2 : weights.outputs();
    }

    /**
     * One use of the layer.
     *
     * @param x {@code [rows, inputs]}
     * @param y receives {@code [rows, outputs]}; another place than x
     * @return the launch
     */
    public Launch launch(Rows x, Rows y) {
        return launch(x, y, 0);
    }

    /**
     * One use of the layer that also keeps what the norm makes of x.
     *
     * @param x      {@code [rows, inputs]}
     * @param y      receives {@code [rows, outputs]}; another place than x
     * @param normed address that receives {@code [rows, inputs]}, 0 for nowhere
     * @return the launch
     */
    public Launch launch(Rows x, Rows y, long normed) {
        LinearShape shape = activation == Activation.GATE
                ? LinearShape.ofPairs(x.rows())
                : LinearShape.of(x.rows(), weights.outputs());
        return launch(x, y, normed, shape);
    }

    Launch launch(Rows x, Rows y, long normed, LinearShape shape) {
        x.expect(y.rows(), weights.inputs(), "input");
        y.expect(x.rows(), outputs(), "output");
        return Launch.of("rms_norm_linear", "rms_norm_linear_" + weights.type().suffix() + shape.suffix())
                .grid(shape.blocksOfOutputs(weights.outputs()), shape.blocksOfRows(x.rows()), 1)
                .threads(shape.threads())
                .sharedBytes(shape.sharedBytes(weights.type(), weights.loads()) + shape.normBytes())
                .pointer(x.address())
                .pointer(norm)
                .real(eps)
                .pointer(weights.address())
                .pointer(weights.scales())
                .pointer(bias)
                .pointer(y.address())
                .pointer(normed)
                .integer(x.rows())
                .integer(weights.inputs())
                .integer(weights.outputs())
                .integer(weights.loads())
                .integer(weights.type().blockShift(weights.inputs()))
                .integer(activation.ordinal());
    }
}
