package io.github.qwen3tts.internal.runtime.cuda;

import java.util.List;

/** How layers are launched over rows. */
public interface LinearLaunches {

    /** With the layers' own launches: a row's result is the same to the last bit in every batch, alone or not. */
    LinearLaunches PLAIN = new LinearLaunches() {
        @Override
        public List<Launch> of(RmsNormLinear layer, Rows x, Rows y) {
            return List.of(layer.launch(x, y));
        }

        @Override
        public List<Launch> of(LinearResidual layer, Rows y, Rows x) {
            return List.of(layer.launch(y, x));
        }
    };

    /**
     * One use of a layer.
     *
     * @param layer what to compute
     * @param x     {@code [rows, inputs]}
     * @param y     receives {@code [rows, outputs]}; another place than x
     * @return the launches, in order
     */
    List<Launch> of(RmsNormLinear layer, Rows x, Rows y);

    /**
     * One use of a layer that adds.
     *
     * @param layer what to add
     * @param y     {@code [rows, inputs]}
     * @param x     {@code [rows, outputs]}, in place; another place than y
     * @return the launches, in order
     */
    List<Launch> of(LinearResidual layer, Rows y, Rows x);
}
