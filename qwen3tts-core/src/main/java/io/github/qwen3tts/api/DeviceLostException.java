package io.github.qwen3tts.api;

/**
 * The GPU failed in a way that no later call on it can succeed: every stream of the engine ends with this exception.
 * Close the engine and open another one, on the CPU or after a restart of the process.
 */
public final class DeviceLostException extends TtsException {

    /**
     * Creates the exception with a message.
     *
     * @param message what failed, the values, the way out
     */
    public DeviceLostException(String message) {
        super(message);
    }

    /**
     * Creates the exception with a message and its cause.
     *
     * @param message what failed, the values, the way out
     * @param cause   the failure below
     */
    public DeviceLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
