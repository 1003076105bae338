package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.internal.Check;
import java.util.ArrayDeque;
import java.util.Deque;

/** All device memory of an engine, freed as one. */
public final class DeviceArena implements DeviceMemory, AutoCloseable {

    private final CudaDevice device;
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
    public DeviceArena(CudaDevice device, long predictedBytes, String purpose) {
        this.device = device;
        this.predictedBytes = predictedBytes;
        this.purpose = purpose;
    }

    /**
     * Finds out early whether everything will fit.
     *
     * @throws DeviceException if the device has too little
     */
    public void checkRoom() {
        if (predictedBytes > device.freeBytes()) {
            throw new DeviceException(tooLittle("everything"));
        }
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
            throw new DeviceException(tooLittle(name), e);
        }
    }

    private String tooLittle(String failedAt) {
        return Check.message(
                        "device memory does not suffice",
                        "neededMiB",
                        predictedBytes >> 20,
                        "freeMiB",
                        device.freeBytes() >> 20,
                        "failedAt",
                        failedAt,
                        "for",
                        purpose)
                + "; lower maxStreams, maxFrames or maxTextTokens, or choose a smaller precision";
    }

    /** Frees everything; safe to call twice. */
    @Override
    public void close() {
        while (!taken.isEmpty()) {
            device.free(taken.pop());
        }
    }
}
