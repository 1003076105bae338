package io.github.qwen3tts.internal.safetensors;

import java.io.IOException;

/** A file that is not what the format says: truncated, damaged, or made to harm. */
public final class InvalidSafetensorsException extends IOException {

    /**
     * With a sentence for a person.
     *
     * @param message names the file, the tensor if any, what was expected and what was found
     */
    public InvalidSafetensorsException(String message) {
        super(message);
    }

    /**
     * With a sentence for a person and what lies below.
     *
     * @param message names the file, the tensor if any, what was expected and what was found
     * @param cause   the failure below
     */
    public InvalidSafetensorsException(String message, Throwable cause) {
        super(message, cause);
    }
}
