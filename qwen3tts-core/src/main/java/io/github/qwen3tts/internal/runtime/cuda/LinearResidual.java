package io.github.qwen3tts.internal.runtime.cuda;

/**
 * A layer {@code x += scale * (W * y + bias)}. See {@code linear_residual.cu}.
 *
 * @param weights {@code [outputs, inputs]}
 * @param scale   address of {@code [outputs]} floats, 0 for none
 * @param bias    address of {@code [outputs]} floats, 0 for none
 */
public record LinearResidual(DeviceMatrix weights, long scale, long bias) {

    /**
     * One use of the layer.
     *
     * @param y {@code [rows, inputs]}
     * @param x {@code [rows, outputs]}, in place; another place than y
     * @return the launch
     */
    public Launch launch(Rows y, Rows x) {
        return launch(y, x, LinearShape.of(x.rows(), weights.outputs()));
    }

    Launch launch(Rows y, Rows x, LinearShape shape) {
        y.expect(x.rows(), weights.inputs(), "input");
        x.expect(y.rows(), weights.outputs(), "residual stream");
        return Launch.of("linear_residual", "linear_residual_" + weights.type().suffix() + shape.suffix())
                .grid(shape.blocksOfOutputs(weights.outputs()), shape.blocksOfRows(x.rows()), 1)
                .threads(shape.threads())
                .sharedBytes(shape.sharedBytes(weights.type(), weights.loads()))
                .pointer(y.address())
                .pointer(weights.address())
                .pointer(weights.scales())
                .pointer(scale)
                .pointer(bias)
                .pointer(x.address())
                .integer(x.rows())
                .integer(weights.inputs())
                .integer(weights.outputs())
                .integer(weights.loads())
                .integer(weights.type().blockShift(weights.inputs()));
    }
}
