package io.github.qwen3tts.internal.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.qwen3tts.api.DeviceException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** An opened graph. Any number of threads may run it at once, each with its own {@link Bindings}. */
public final class OrtModel implements AutoCloseable {

    private final String name;
    private final OrtSession session;
    private final Scope owned;

    OrtModel(String name, OrtSession session, Scope owned) {
        this.name = name;
        this.session = session;
        this.owned = owned;
    }

    /**
     * What goes in and where the results go: bound once, run often. The same tensor may be input and output where the
     * graph works in place. Keeps no tensor open; for one thread at a time.
     */
    public static final class Bindings {

        private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();

        /** Nothing bound yet. */
        public Bindings() {}

        /**
         * Binds an input.
         *
         * @param name   as the graph declares it
         * @param tensor its value, read at every run
         * @return this
         */
        public Bindings input(String name, Tensor tensor) {
            inputs.put(name, tensor.handle());
            return this;
        }

        /**
         * Binds an output.
         *
         * @param name   as the graph declares it
         * @param tensor where it is written, of exactly the shape the run produces
         * @return this
         */
        public Bindings output(String name, Tensor tensor) {
            outputs.put(name, tensor.handle());
            return this;
        }
    }

    /**
     * Runs the graph once.
     *
     * @param bindings all inputs, and the outputs that are wanted
     * @throws DeviceException if the runtime fails
     */
    public void run(Bindings bindings) {
        GraphRun event = new GraphRun();
        event.begin();
        try {
            session.run(bindings.inputs, Set.of(), bindings.outputs).close(); // results are in the bound tensors
            event.graph = name;
            event.commit();
        } catch (OrtException e) {
            throw new DeviceException("graph failed: graph=" + name + ": " + e.getMessage(), e);
        }
    }

    /**
     * Runs a graph of one input and one output once.
     *
     * @param input       name of the input
     * @param values      of the input, row-major
     * @param shape       of the input
     * @param output      name of the output
     * @param outputShape of the output
     * @return the values of the output, row-major
     * @throws DeviceException if the runtime fails
     */
    public float[] run(String input, float[] values, long[] shape, String output, long... outputShape) {
        try (Scope tensors = new Scope()) {
            Tensor in = tensors.own(Tensor.floats(shape));
            Tensor out = tensors.own(Tensor.floats(outputShape));
            in.floats().put(values);
            run(new Bindings().input(input, in).output(output, out));
            float[] results = new float[out.floats().capacity()];
            out.floats().get(results);
            return results;
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
