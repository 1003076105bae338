package io.github.qwen3tts.api;

import org.jspecify.annotations.Nullable;

/**
 * Why speech could not be made. Each kind is something a caller can act on; the message names the values and the way
 * out.
 */
public abstract sealed class TtsException extends RuntimeException
        permits ModelLoadException,
                InvalidRequestException,
                OverloadedException,
                SpeechCancelledException,
                EngineClosedException,
                DeviceException,
                DeviceLostException {

    /**
     * With a sentence for a person.
     *
     * @param message what failed, the values, the way out
     */
    protected TtsException(String message) {
        super(message);
    }

    /**
     * With a sentence for a person and what lies below.
     *
     * @param message what failed, the values, the way out
     * @param cause   the failure below
     */
    protected TtsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
