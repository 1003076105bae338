package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph.Carry;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.runtime.TensorPool;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What one stream carries from run to run of a graph; zeros before the first. Two copies of everything: one is read while
 * the other is written, then they swap. For one thread at a time.
 */
final class CarriedTensors implements AutoCloseable {

    private static final float[] ZEROS = new float[4096];

    private final List<Carry> carries;
    private final TensorPool pool;
    private List<Tensor> current;
    private List<Tensor> next;

    /** The memory comes from {@code pool}, and goes there. */
    CarriedTensors(List<Carry> carries, TensorPool pool) {
        this.carries = carries;
        this.pool = pool;
        current = zeros();
        next = zeros();
    }

    private List<Tensor> zeros() {
        List<Tensor> tensors = new ArrayList<>();
        for (Carry carry : carries) {
            Tensor tensor = pool.floats(carry.shape());
            FloatBuffer numbers = tensor.floats();
            while (numbers.hasRemaining()) {
                numbers.put(ZEROS, 0, Math.min(ZEROS.length, numbers.remaining()));
            }
            tensors.add(tensor);
        }
        return tensors;
    }

    /** Takes over what another stream carries at this time. */
    void copyFrom(CarriedTensors that) {
        for (int i = 0; i < current.size(); i++) {
            current.get(i).floats().put(that.current.get(i).floats());
        }
    }

    /** Runs the graph once with the other inputs and outputs in {@code bindings}, and carries on what it leaves. */
    void run(OrtModel model, OrtModel.Bindings bindings) {
        for (int i = 0; i < carries.size(); i++) {
            bindings.input(carries.get(i).input(), current.get(i));
            bindings.output(carries.get(i).output(), next.get(i));
        }
        model.run(bindings);
        List<Tensor> written = next;
        next = current;
        current = written;
    }

    @Override
    public void close() {
        current.forEach(pool::giveBack);
        next.forEach(pool::giveBack);
        current = List.of();
        next = List.of();
    }
}
