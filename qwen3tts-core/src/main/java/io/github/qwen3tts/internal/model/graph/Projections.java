package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Value;

/** How the large matrices of linear layers are stored and multiplied. */
public interface Projections {

    /**
     * One published matrix.
     *
     * @param name under the graph's path, without {@code .weight}
     * @param out  its rows
     * @param isHead whether its results are the scores of codes, which suffer most from rounding: never below 8 bits
     */
    record Part(String name, int out, boolean isHead) {

        /**
         * A matrix inside the model.
         *
         * @param name under the graph's path, without {@code .weight}
         * @param out  its rows
         */
        public Part(String name, int out) {
            this(name, out, false);
        }

        /**
         * A matrix whose results are the scores of codes.
         *
         * @param name  under the graph's path, without {@code .weight}
         * @param codes its rows
         * @return the part
         */
        public static Part head(String name, int codes) {
            return new Part(name, codes, true);
        }
    }

    /**
     * {@code y = x * W^T}, several matrices on the same input packed into one.
     *
     * @param g     view of the module the matrices belong to
     * @param x     {@code [time, in]}
     * @param in    columns of every matrix
     * @param parts the matrices, in the order of the result's columns
     * @return {@code [time, sum of out]}
     */
    Value linear(Graph g, Value x, int in, Part... parts);

    /**
     * {@code y = x * W^T + b}.
     *
     * @param g    view of the module that the layer belongs to
     * @param x    {@code [time, in]}
     * @param name of the layer, which has {@code weight [out, in]} and {@code bias [out]}
     * @param in   channels
     * @param out  channels
     * @return {@code [time, out]}
     */
    default Value linear(Graph g, Value x, String name, int in, int out) {
        return linear(g, x, in, new Part(name, out)).plus(g.at(name).weight("bias", out));
    }

    /** 32-bit floats, converted from whatever the checkpoint stores when the graph is opened. */
    Projections FLOAT32 = new Projections() {

        @Override
        public Value linear(Graph g, Value x, int in, Part... parts) {
            Value[] weights = new Value[parts.length];
            for (int i = 0; i < parts.length; i++) {
                weights[i] = g.weight(parts[i].name() + ".weight", parts[i].out(), in)
                        .in(g);
            }
            return Layers.linear(x.in(g), Value.concat(0, weights), null);
        }

        @Override
        public Value linear(Graph g, Value x, String name, int in, int out) {
            Graph layer = g.at(name);
            return Layers.linear(x.in(layer), layer.weight("weight", out, in), layer.weight("bias", out));
        }
    };
}
