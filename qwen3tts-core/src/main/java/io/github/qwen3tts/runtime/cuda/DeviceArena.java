package io.github.qwen3tts.runtime.cuda;

import io.github.qwen3tts.api.Check;
import io.github.qwen3tts.api.DeviceException;
import java.util.ArrayList;
import java.util.List;

/**
 * All device memory of an engine: first reserved piece by piece, so that the sum is known and can be told, then taken at
 * once. Either everything is there or nothing.
 */
public final class DeviceArena implements AutoCloseable {

    /** Pieces start at multiples of it. */
    private static final long ALIGNMENT = 256;

    private final Device device;
    private final List<DeviceBuffer> buffers = new ArrayList<>();
    private int placed;

    /**
     * An empty arena.
     *
     * @param device stays the caller's
     */
    public DeviceArena(Device device) {
        this.device = device;
    }

    /**
     * Plans a piece.
     *
     * @param name  what it holds, for messages
     * @param bytes {@code > 0}
     * @return the piece, without an address until {@link #commit}
     */
    public DeviceBuffer reserve(String name, long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException(Check.message("bytes must be > 0", "buffer", name, "bytes", bytes));
        }
        DeviceBuffer buffer = new DeviceBuffer(name, bytes);
        buffers.add(buffer);
        return buffer;
    }

    /**
     * What everything reserved needs.
     *
     * @return bytes
     */
    public long predictedBytes() {
        return buffers.stream()
                .mapToLong(buffer -> (buffer.bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)
                .sum();
    }

    /**
     * Takes the memory of every piece reserved since the last commit. After a failure nothing is held.
     *
     * @param purpose what decides the size, for the message: precision, streams, frames
     * @throws DeviceException if the device has too little; says how much was asked for and how much was free
     */
    public void commit(String purpose) {
        long needed = predictedBytes();
        long free = device.freeBytes();
        try {
            while (placed < buffers.size()) {
                DeviceBuffer buffer = buffers.get(placed);
                buffer.place(device.allocate(buffer.bytes()));
                placed++;
            }
        } catch (DeviceException e) {
            String failed = buffers.get(placed).name();
            close();
            throw new DeviceException(
                    Check.message(
                                    "device memory does not suffice",
                                    "neededMiB",
                                    needed >> 20,
                                    "freeMiB",
                                    free >> 20,
                                    "failedAt",
                                    failed,
                                    "for",
                                    purpose)
                            + "; lower the number of streams or the longest speech, or choose a smaller precision",
                    e);
        }
    }

    /** Frees everything; safe to call twice. */
    @Override
    public void close() {
        while (placed > 0) {
            DeviceBuffer buffer = buffers.get(--placed);
            device.free(buffer.address());
            buffer.place(0);
        }
        buffers.clear();
    }
}
