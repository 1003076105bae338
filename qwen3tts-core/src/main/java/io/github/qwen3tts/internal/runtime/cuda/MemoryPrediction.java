package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Adds up what an engine would take. Building it once against a prediction and once against an arena keeps the two from
 * drifting apart. The addresses it hands out are good for nothing but being told apart.
 */
public final class MemoryPrediction implements DeviceMemory {

    private long bytes;

    /** Nothing yet. */
    public MemoryPrediction() {}

    @Override
    public long take(String name, long bytes) {
        long address = ALIGNMENT + this.bytes;
        this.bytes += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return address;
    }

    /**
     * The sum so far.
     *
     * @return bytes
     */
    public long bytes() {
        return bytes;
    }
}
