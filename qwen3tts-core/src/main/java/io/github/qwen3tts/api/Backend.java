package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.util.Locale;

/** Which code runs the model on a device. */
public enum Backend {
    /** What is fastest on the device: ONNX Runtime on a CPU, kernels of our own on a GPU. */
    NATIVE,
    /**
     * ONNX Runtime everywhere; on a GPU that is its CUDA provider, from {@code
     * com.microsoft.onnxruntime:onnxruntime_gpu} in the place of {@code onnxruntime}. Much slower than {@link #NATIVE}
     * there, because every step goes through the host: for comparisons, and for GPUs that the kernels do not know.
     */
    ONNX_RUNTIME;

    /**
     * A back end by name.
     *
     * @param name {@code native} or {@code onnxruntime}, in any case
     * @return the back end
     * @throws InvalidRequestException if there is none of this name
     */
    public static Backend named(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "native" -> NATIVE;
            case "onnxruntime" -> ONNX_RUNTIME;
            default ->
                throw new InvalidRequestException(
                        Check.message("unknown back end", "backend", name, "known", "[native, onnxruntime]"));
        };
    }

    /** The name, as {@link #named} takes it. */
    @Override
    public String toString() {
        return this == NATIVE ? "native" : "onnxruntime";
    }
}
