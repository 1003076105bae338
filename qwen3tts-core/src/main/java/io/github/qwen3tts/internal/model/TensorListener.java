package io.github.qwen3tts.internal.model;

import java.nio.FloatBuffer;

/** Sees the tensors inside the model as they are computed; for checks against the original and for dumps. */
@FunctionalInterface
public interface TensorListener {

    /** Looks at nothing. */
    TensorListener NONE = (name, values) -> {};

    /**
     * A tensor has been computed.
     *
     * @param name   what it is
     * @param values its elements, valid during the call only
     */
    void tensor(String name, FloatBuffer values);
}
