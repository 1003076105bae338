package io.github.qwen3tts.internal.onnx;

import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import java.util.ArrayList;
import java.util.List;

/**
 * A graph of a few nodes together with the values of its inputs, run once on the CPU. The builder's idea of the result's
 * shape is put to the test, as the runtime refuses to write into any other.
 */
final class TinyGraph implements AutoCloseable {

    final Graph root;
    private final OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false)); // before any tensor
    private final OrtModel.Bindings bindings = new OrtModel.Bindings();
    private final Scope owned = new Scope();

    TinyGraph() {
        this(null);
    }

    TinyGraph(Safetensors weights) {
        root = Graph.named("tiny", weights);
    }

    /** Declares an input of known dimensions and says what it will be. */
    Value floats(String name, float[] values, long... shape) {
        Tensor tensor = owned.own(Tensor.floats(shape));
        tensor.floats().put(values);
        bindings.input(name, tensor);
        return root.input(name, ElementType.FLOAT, dims(shape));
    }

    /** Likewise, of integers. */
    Value longs(String name, long[] values, long... shape) {
        Tensor tensor = owned.own(Tensor.longs(shape));
        tensor.longs().put(values);
        bindings.input(name, tensor);
        return root.input(name, ElementType.INT64, dims(shape));
    }

    private static Object[] dims(long... shape) {
        Object[] dims = new Object[shape.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = shape[i];
        }
        return dims;
    }

    /** The value of floats. */
    float[] run(Value value) {
        return runAll(value).get(0);
    }

    /** The values of floats. */
    List<float[]> runAll(Value... values) {
        List<Tensor> outputs = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            Tensor out = owned.own(Tensor.floats(values[i].shape().allKnown()));
            root.output("out." + i, values[i]);
            bindings.output("out." + i, out);
            outputs.add(out);
        }
        run();
        List<float[]> floats = new ArrayList<>();
        for (Tensor out : outputs) {
            float[] copy = new float[out.floats().remaining()];
            out.floats().get(copy);
            floats.add(copy);
        }
        return floats;
    }

    /** The value of integers. */
    long[] runLongs(Value value) {
        Tensor out = owned.own(Tensor.longs(value.shape().allKnown()));
        root.output("out", value);
        bindings.output("out", out);
        run();
        long[] copy = new long[out.longs().remaining()];
        out.longs().get(copy);
        return copy;
    }

    private void run() {
        try (OrtModel model = runtime.open(root.finish(), OrtRuntime.Size.SMALL)) {
            model.run(bindings);
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
