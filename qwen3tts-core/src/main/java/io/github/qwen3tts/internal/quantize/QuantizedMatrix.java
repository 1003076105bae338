package io.github.qwen3tts.internal.quantize;

import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.util.List;

/** A matrix as a cache file holds it: a tensor of integers and one of scales, F32. */
public sealed interface QuantizedMatrix permits PackedMatrix, ConvolutionMatrix {

    /**
     * The tensor of integers.
     *
     * @return its name in the cache file
     */
    String values();

    /**
     * The tensor of scales.
     *
     * @return its name in the cache file
     */
    String scales();

    /**
     * What the integers are stored as.
     *
     * @return U8 or I8
     */
    DataType valuesType();

    /**
     * How the integers lie.
     *
     * @return row-major
     */
    List<Long> valuesShape();

    /**
     * How the scales lie.
     *
     * @return row-major
     */
    List<Long> scalesShape();

    /**
     * Takes the weights from a checkpoint, rounds them on all CPU cores and writes both tensors.
     *
     * @param weights of the checkpoint
     * @param out     has both tensors declared
     * @throws IOException if they cannot be read or written
     */
    void quantize(Safetensors weights, SafetensorsWriter.Output out) throws IOException;
}
