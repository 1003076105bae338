package io.github.qwen3tts.runtime.cuda;

import io.github.qwen3tts.api.Check;

/** A named piece of an arena. Has an address once the arena is committed, until it is closed. */
public final class DeviceBuffer {

    private final String name;
    private final long bytes;
    private long address;

    DeviceBuffer(String name, long bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /**
     * What it holds.
     *
     * @return a name for messages
     */
    public String name() {
        return name;
    }

    /**
     * Its size.
     *
     * @return bytes
     */
    public long bytes() {
        return bytes;
    }

    /**
     * Where it lies.
     *
     * @return the device address
     * @throws IllegalStateException before the arena is committed and after it is closed
     */
    public long address() {
        if (address == 0) {
            throw new IllegalStateException(Check.message("buffer has no memory now", "buffer", name));
        }
        return address;
    }

    /**
     * A place inside it.
     *
     * @param offset bytes from its start, below its size
     * @return the device address
     */
    public long address(long offset) {
        if (offset < 0 || offset >= bytes) {
            throw new IllegalArgumentException(Check.message(
                    "offset must lie inside the buffer", "buffer", name, "offset", offset, "bytes", bytes));
        }
        return address() + offset;
    }

    void place(long address) {
        this.address = address;
    }
}
