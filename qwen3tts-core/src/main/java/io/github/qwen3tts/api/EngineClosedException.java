package io.github.qwen3tts.api;

/** The engine is closed, or was closed before the speech was complete. */
public final class EngineClosedException extends TtsException {

    /**
     * Creates the exception with a message.
     *
     * @param message what was asked for, or what the engine was doing
     */
    public EngineClosedException(String message) {
        super(message);
    }
}
