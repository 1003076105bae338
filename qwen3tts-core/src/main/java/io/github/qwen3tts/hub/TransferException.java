package io.github.qwen3tts.hub;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The network or the server failed in a way that may pass: worth another try. */
final class TransferException extends IOException {

    private final Duration retryAfter;

    TransferException(String message) {
        this(message, Duration.ZERO);
    }

    TransferException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    TransferException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = Duration.ZERO;
    }

    /** What the server asked for; zero if it did not. */
    Duration retryAfter() {
        return retryAfter;
    }
}
