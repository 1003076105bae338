package io.github.qwen3tts.api;

import java.time.Duration;
import java.util.Objects;

/** The engine takes no more requests for now: as many as it may queue are waiting. Try again later. */
public final class OverloadedException extends TtsException {

    private final Duration retryAfter;

    /**
     * Creates the exception with a message.
     *
     * @param message    what is full, the values, the way out
     * @param retryAfter when to try again
     */
    public OverloadedException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /**
     * Returns when to try again.
     *
     * @return an estimate of the time until one of the streams that are running ends, at least a second
     */
    public Duration retryAfter() {
        return retryAfter;
    }
}
