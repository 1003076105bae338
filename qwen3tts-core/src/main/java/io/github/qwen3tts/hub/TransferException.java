package io.github.qwen3tts.hub;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The network or the server failed in a way that may pass: worth another try. */
final class TransferException extends IOException {

    private final Duration retryAfter;
    private final boolean unreachable;

    TransferException(String message) {
        this(message, Duration.ZERO);
    }

    TransferException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
        this.unreachable = false;
    }

    TransferException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private TransferException(String message, @Nullable Throwable cause, boolean unreachable) {
        super(message, cause);
        this.retryAfter = Duration.ZERO;
        this.unreachable = unreachable;
    }

    /** Creates the failure of a connection that was never made: no such host, no route, refused. */
    static TransferException unreachable(String message, @Nullable Throwable cause) {
        return new TransferException(message, cause, true);
    }

    /** Returns whether no connection was made at all. */
    boolean isUnreachable() {
        return unreachable;
    }

    /** What the server asked for; zero if it did not. */
    Duration retryAfter() {
        return retryAfter;
    }
}
