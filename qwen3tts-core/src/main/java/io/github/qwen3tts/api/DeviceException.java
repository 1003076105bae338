package io.github.qwen3tts.api;

/** The runtime or the device below failed: out of memory, a missing driver. Other requests may succeed. */
public final class DeviceException extends TtsException {

    /**
     * With a sentence for a person.
     *
     * @param message what failed, the values, the way out
     */
    public DeviceException(String message) {
        super(message);
    }

    /**
     * With a sentence for a person and what lies below.
     *
     * @param message what failed, the values, the way out
     * @param cause   the failure below
     */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
