package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import java.nio.FloatBuffer;

/**
 * Cosines and sines of the rotary position embedding, one row per position: angle j of position p is {@code p *
 * theta^(-2 j / headDim)}, computed in 32-bit floats as the official model does. Grows on demand; safe for any number of
 * threads. Tables handed out stay valid until the whole is closed.
 */
final class RotaryTable implements AutoCloseable {

    private static final int FIRST_ROWS = 1024;

    private final float[] frequencies;
    private final Scope owned = new Scope();
    private Rows rows;

    /** Tables of at least the rows asked for: {@code [positions, headDim / 2]} each. */
    record Rows(Tensor cos, Tensor sin, int positions) {}

    RotaryTable(int headDim, double theta) {
        frequencies = new float[headDim / 2];
        for (int j = 0; j < frequencies.length; j++) {
            float exponent = (float) (2 * j) / headDim;
            frequencies[j] = 1 / (float) Math.pow(theta, exponent);
        }
    }

    synchronized Rows atLeast(int positions) {
        if (rows == null || rows.positions() < positions) {
            int capacity = rows == null ? FIRST_ROWS : rows.positions();
            while (capacity < positions) {
                capacity = Math.multiplyExact(capacity, 2);
            }
            Tensor cos = owned.own(Tensor.floats(capacity, frequencies.length));
            Tensor sin = owned.own(Tensor.floats(capacity, frequencies.length));
            fill(0, capacity, cos.floats(), sin.floats());
            rows = new Rows(cos, sin, capacity);
        }
        return rows;
    }

    /** Writes the rows of positions {@code from} to {@code from + count - 1}. */
    void fill(long from, int count, FloatBuffer cos, FloatBuffer sin) {
        for (int p = 0; p < count; p++) {
            for (int j = 0; j < frequencies.length; j++) {
                float angle = (from + p) * frequencies[j];
                cos.put(p * frequencies.length + j, (float) Math.cos(angle));
                sin.put(p * frequencies.length + j, (float) Math.sin(angle));
            }
        }
    }

    @Override
    public synchronized void close() {
        owned.close();
    }
}
