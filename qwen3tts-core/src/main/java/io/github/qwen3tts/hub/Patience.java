package io.github.qwen3tts.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a failing network is put up with.
 *
 * @param attempts     tries without progress
 * @param firstPause   before the second try; doubles each time
 * @param longestPause no pause is longer, unless the server asks
 * @param stall        a connection that brings nothing for so long is cut
 * @param pause        waits
 */
record Patience(int attempts, Duration firstPause, Duration longestPause, Duration stall, Pause pause) {

    static final Patience DEFAULT =
            new Patience(6, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(60), Thread::sleep);

    /** A server may ask for more time, but not for ever. */
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

    private static final long PROGRESS_BYTES = 1 << 20;

    /** Waits, so that tests need not. */
    @FunctionalInterface
    interface Pause {
        void millis(long millis) throws InterruptedException;
    }

    /** One try. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }

    Patience once() {
        return new Patience(1, firstPause, longestPause, stall, pause);
    }

    /**
     * Tries until it works, or fails too often with nothing gained in between.
     *
     * @param progress bytes gained so far
     * @param attempt  one try; only a {@link TransferException} is tried again
     */
    <T> T retry(LongSupplier progress, Attempt<T> attempt) throws IOException, InterruptedException {
        int failures = 0;
        long mark = progress.getAsLong();
        while (true) {
            try {
                return attempt.run();
            } catch (TransferException e) {
                if (progress.getAsLong() >= mark + PROGRESS_BYTES) {
                    mark = progress.getAsLong();
                    failures = 0;
                }
                if (++failures >= attempts) {
                    throw e;
                }
                pause.millis(pauseBefore(failures, e.retryAfter()).toMillis());
            }
        }
    }

    private Duration pauseBefore(int retry, Duration asked) {
        Duration backoff = firstPause.multipliedBy(1L << Math.min(retry - 1, 20));
        return longer(shorter(backoff, longestPause), shorter(asked, LONGEST_ASKED));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
