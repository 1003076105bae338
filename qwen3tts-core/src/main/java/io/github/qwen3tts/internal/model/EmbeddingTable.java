package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.List;

/** A table whose rows are looked up by id, left in the mapped checkpoint file. Immutable. */
final class EmbeddingTable {

    private final ShortBuffer brainFloats; // [rows, width], or null
    private final FloatBuffer floats; // [rows, width], or null
    private final int width;

    private EmbeddingTable(ShortBuffer brainFloats, FloatBuffer floats, int width) {
        this.brainFloats = brainFloats;
        this.floats = floats;
        this.width = width;
    }

    static EmbeddingTable open(Safetensors weights, String name, int rows, int width) {
        try {
            TensorInfo tensor = weights.get(name);
            if (!tensor.shape().equals(List.of((long) rows, (long) width))) {
                throw new ModelLoadException(Check.message(
                        "tensor has another shape than the configuration says",
                        "tensor",
                        tensor,
                        "expected",
                        List.of(rows, width)));
            }
            ByteBuffer bytes = Safetensors.map(tensor);
            return switch (tensor.type()) {
                case BF16 -> new EmbeddingTable(bytes.asShortBuffer(), null, width);
                case F32 -> new EmbeddingTable(null, bytes.asFloatBuffer(), width);
                default ->
                    throw new ModelLoadException(
                            Check.message("tensor has an unusable type", "tensor", tensor, "expected", DataType.BF16));
            };
        } catch (IOException e) {
            throw new ModelLoadException(e.getMessage(), e);
        }
    }

    /** Adds a row to {@code out[at .. at + width)}. */
    void add(int row, float[] out, int at) {
        int start = row * width;
        if (floats != null) {
            for (int i = 0; i < width; i++) {
                out[at + i] += floats.get(start + i);
            }
        } else {
            for (int i = 0; i < width; i++) {
                out[at + i] += Float.intBitsToFloat(brainFloats.get(start + i) << 16);
            }
        }
    }
}
