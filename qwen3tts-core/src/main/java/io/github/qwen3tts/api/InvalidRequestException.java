package io.github.qwen3tts.api;

/** A request or a setting cannot be honoured as given: change it and try again. */
public final class InvalidRequestException extends TtsException {

    /**
     * With a sentence for a person.
     *
     * @param message what failed, the values, the way out
     */
    public InvalidRequestException(String message) {
        super(message);
    }

    /**
     * With a sentence for a person and what lies below.
     *
     * @param message what failed, the values, the way out
     * @param cause   the failure below
     */
    public InvalidRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
