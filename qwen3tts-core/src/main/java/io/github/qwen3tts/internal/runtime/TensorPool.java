package io.github.qwen3tts.internal.runtime;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Tensors that one stream hands on to the next. Memory outside the heap goes back to the system only after a garbage
 * collection, and a program that makes little garbage collects seldom. For any number of threads.
 */
public final class TensorPool implements AutoCloseable {

    private final long maxBytes;
    private final Map<String, Deque<Tensor>> free = new HashMap<>(); // by shape
    private long freeBytes;
    private boolean closed;

    /**
     * An empty pool.
     *
     * @param maxBytes it keeps at most; what comes back beyond that is closed
     */
    public TensorPool(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * A tensor of 32-bit floats for the caller alone.
     *
     * @param shape row-major
     * @return whatever numbers it holds; to be given back, or closed
     */
    public Tensor floats(long... shape) {
        synchronized (this) {
            Deque<Tensor> same = free.get(Arrays.toString(shape));
            if (same != null && !same.isEmpty()) {
                Tensor tensor = same.pop();
                freeBytes -= tensor.bytes().capacity();
                return tensor;
            }
        }
        return Tensor.floats(shape);
    }

    /**
     * Takes a tensor back.
     *
     * @param tensor that nobody uses any more
     */
    public synchronized void giveBack(Tensor tensor) {
        int bytes = tensor.bytes().capacity();
        if (closed || freeBytes + bytes > maxBytes) {
            tensor.close();
            return;
        }
        free.computeIfAbsent(Arrays.toString(tensor.shape()), shape -> new ArrayDeque<>())
                .push(tensor);
        freeBytes += bytes;
    }

    @Override
    public synchronized void close() {
        closed = true;
        free.values().forEach(same -> same.forEach(Tensor::close));
        free.clear();
        freeBytes = 0;
    }
}
