package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.runtime.TensorPool;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of one stream in all layers, {@code [1, kvHeads, capacity, headDim]} each, written in place by the
 * graph. Starts small and doubles when full. For one thread at a time.
 */
final class KvCache implements AutoCloseable {

    private final TransformerConfig config;
    private final RotaryTable rotary;
    private final TensorPool pool;
    private final Tensor lastIndex = Tensor.ints(1);
    private final Tensor totalTokens = Tensor.ints(1);
    private List<Tensor> keys = List.of();
    private List<Tensor> values = List.of();
    private int capacity;
    private int tokens;

    /** The memory comes from {@code pool}, and goes there. */
    KvCache(TransformerConfig config, RotaryTable rotary, int firstCapacity, TensorPool pool) {
        this.config = config;
        this.rotary = rotary;
        this.pool = pool;
        grow(firstCapacity);
    }

    /** Tokens stored so far; the next one gets this position. */
    int tokens() {
        return tokens;
    }

    /** Forgets everything, keeps the memory. */
    void clear() {
        tokens = 0;
    }

    /**
     * Makes room for the next tokens and tells the graph where they go. True if the buffers have moved, so that they
     * have to be bound again.
     */
    boolean advance(int count) {
        boolean moved = tokens + count > capacity;
        if (moved) {
            grow(Math.max(Math.multiplyExact(capacity, 2), tokens + count));
        }
        tokens += count;
        lastIndex.ints().put(0, tokens - 1);
        totalTokens.ints().put(0, tokens);
        return moved;
    }

    /** The keys and values of all tokens, layer by layer, head by head. */
    float[] copy() {
        int head = tokens * config.headDim();
        float[] copy = new float[2 * config.layers() * config.kvHeads() * head];
        forEachHead((tensor, from, number) -> tensor.get(from, copy, number * head, head));
        return copy;
    }

    /** Takes over, as the first tokens, what another one has {@link #copy copied}. */
    void restore(float[] copied, int count) {
        clear();
        advance(count);
        int head = count * config.headDim();
        forEachHead((tensor, from, number) -> tensor.put(from, copied, number * head, head));
    }

    /** What is done with one head of a layer's keys or values. */
    private interface HeadAction {
        void apply(FloatBuffer tensor, int from, int number);
    }

    private void forEachHead(HeadAction action) {
        int number = 0;
        for (int i = 0; i < config.layers(); i++) {
            for (Tensor tensor : List.of(keys.get(i), values.get(i))) {
                for (int h = 0; h < config.kvHeads(); h++) {
                    action.apply(tensor.floats(), h * capacity * config.headDim(), number++);
                }
            }
        }
    }

    void bind(OrtModel.Bindings bindings) {
        RotaryTable.Rows rows = rotary.atLeast(capacity);
        bindings.input("last_index", lastIndex)
                .input("total_tokens", totalTokens)
                .input("cos", rows.cos())
                .input("sin", rows.sin());
        for (int i = 0; i < config.layers(); i++) {
            bindings.input("past_keys." + i, keys.get(i)).output("keys." + i, keys.get(i));
            bindings.input("past_values." + i, values.get(i)).output("values." + i, values.get(i));
        }
    }

    private void grow(int newCapacity) {
        List<Tensor> oldKeys = keys;
        List<Tensor> oldValues = values;
        keys = grown(oldKeys, newCapacity);
        values = grown(oldValues, newCapacity);
        capacity = newCapacity;
        oldKeys.forEach(pool::giveBack);
        oldValues.forEach(pool::giveBack);
    }

    private List<Tensor> grown(List<Tensor> old, int newCapacity) {
        List<Tensor> grown = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            Tensor tensor = pool.floats(1, config.kvHeads(), newCapacity, config.headDim());
            grown.add(tensor);
            if (!old.isEmpty()) {
                FloatBuffer from = old.get(i).floats();
                FloatBuffer to = tensor.floats();
                int head = tokens * config.headDim();
                for (int h = 0; h < config.kvHeads(); h++) {
                    to.put(h * newCapacity * config.headDim(), from, h * capacity * config.headDim(), head);
                }
            }
        }
        return grown;
    }

    @Override
    public void close() {
        try (Scope owned = new Scope()) {
            keys.forEach(pool::giveBack);
            values.forEach(pool::giveBack);
            keys = List.of();
            values = List.of();
            owned.own(lastIndex);
            owned.own(totalTokens);
        }
    }
}
