package io.github.qwen3tts.api;

import org.jspecify.annotations.Nullable;

/** A checkpoint, a voice file or a download is missing, damaged or of the wrong kind. */
public final class ModelLoadException extends TtsException {

    /**
     * With a sentence for a person.
     *
     * @param message what failed, the values, the way out
     */
    public ModelLoadException(String message) {
        super(message);
    }

    /**
     * With a sentence for a person and what lies below.
     *
     * @param message what failed, the values, the way out
     * @param cause   the failure below
     */
    public ModelLoadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
