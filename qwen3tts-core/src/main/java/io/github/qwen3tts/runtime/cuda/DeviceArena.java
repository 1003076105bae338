package io.github.qwen3tts.runtime.cuda;

import io.github.qwen3tts.api.Check;
import io.github.qwen3tts.api.DeviceException;
import java.util.ArrayDeque;
import java.util.Deque;

/** All device memory of an engine, freed as one. */
public final class DeviceArena implements DeviceMemory, AutoCloseable {

    private final Device device;
    private final long predictedBytes;
    private final String purpose;
    private final Deque<Long> taken = new ArrayDeque<>();

    /**
     * An empty arena.
     *
     * @param device         stays the caller's
     * @param predictedBytes what will be taken in all, for the message when it does not fit
     * @param purpose        what decides the size, for the same message: precision, streams, frames
     */
    public DeviceArena(Device device, long predictedBytes, String purpose) {
        this.device = device;
        this.predictedBytes = predictedBytes;
        this.purpose = purpose;
    }

    /**
     * Takes a piece.
     *
     * @throws DeviceException if the device has too little; everything taken before is freed then
     */
    @Override
    public long take(String name, long bytes) {
        try {
            long address = device.allocate(bytes);
            taken.push(address);
            return address;
        } catch (DeviceException e) {
            close();
            throw new DeviceException(
                    Check.message(
                                    "device memory does not suffice",
                                    "neededMiB",
                                    predictedBytes >> 20,
                                    "freeMiB",
                                    device.freeBytes() >> 20,
                                    "failedAt",
                                    name,
                                    "for",
                                    purpose)
                            + "; lower the number of streams or the longest speech, or choose a smaller precision",
                    e);
        }
    }

    /** Frees everything; safe to call twice. */
    @Override
    public void close() {
        while (!taken.isEmpty()) {
            device.free(taken.pop());
        }
    }
}
