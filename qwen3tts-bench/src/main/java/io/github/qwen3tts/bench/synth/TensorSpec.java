package io.github.qwen3tts.bench.synth;

import io.github.qwen3tts.internal.safetensors.DataType;
import java.util.List;

/**
 * A tensor to be written.
 *
 * @param name  as published
 * @param type  BF16 or F32
 * @param shape row-major
 * @param fill  its values
 */
record TensorSpec(String name, DataType type, List<Long> shape, Fill fill) {

    long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }
}
