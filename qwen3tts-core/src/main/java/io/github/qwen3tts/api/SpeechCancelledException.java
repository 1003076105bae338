package io.github.qwen3tts.api;

/** The stream was closed before its speech was complete. */
public final class SpeechCancelledException extends TtsException {

    /**
     * With a sentence for a person.
     *
     * @param message what failed, the values, the way out
     */
    public SpeechCancelledException(String message) {
        super(message);
    }

    /**
     * With a sentence for a person and what lies below.
     *
     * @param message what failed, the values, the way out
     * @param cause   the failure below
     */
    public SpeechCancelledException(String message, Throwable cause) {
        super(message, cause);
    }
}
