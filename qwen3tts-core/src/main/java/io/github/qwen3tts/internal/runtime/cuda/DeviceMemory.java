package io.github.qwen3tts.internal.runtime.cuda;

/** Where an engine's pieces of device memory come from: an arena, or a prediction that only adds them up. */
public interface DeviceMemory {

    /** Pieces start at multiples of it. */
    int ALIGNMENT = 256;

    /**
     * Takes a piece. Its contents are undefined.
     *
     * @param name  what it holds, for messages
     * @param bytes {@code > 0}
     * @return its address
     */
    long take(String name, long bytes);
}
