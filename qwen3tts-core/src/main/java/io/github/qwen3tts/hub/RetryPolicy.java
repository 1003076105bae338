package io.github.qwen3tts.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Rules for repeating a failed transfer.
 *
 * @param attempts     tries without progress in between
 * @param connections  tries without progress if no connection is made
 * @param firstDelay   before the second try; doubles each time
 * @param maxDelay     no delay is longer, unless the server asks
 * @param stallTimeout a connection that brings nothing for so long is cut
 * @param sleeper      waits
 */
record RetryPolicy(
        int attempts, int connections, Duration firstDelay, Duration maxDelay, Duration stallTimeout, Sleeper sleeper) {

    static final RetryPolicy DEFAULT =
            new RetryPolicy(6, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(60), Thread::sleep);

    /** A server may ask for more time, but not for ever. */
    private static final Duration MAX_ASKED = Duration.ofMinutes(5);

    private static final long PROGRESS_BYTES = 1 << 20;

    RetryPolicy(int attempts, Duration firstDelay, Duration maxDelay, Duration stallTimeout, Sleeper sleeper) {
        this(attempts, attempts, firstDelay, maxDelay, stallTimeout, sleeper);
    }

    /** Waits, so that tests need not. */
    @FunctionalInterface
    interface Sleeper {
        void sleep(long millis) throws InterruptedException;
    }

    /** One try. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }

    RetryPolicy once() {
        return new RetryPolicy(1, firstDelay, maxDelay, stallTimeout, sleeper);
    }

    /** Returns rules for a first request: without a network, the second failure to connect is the last one. */
    RetryPolicy forFirstRequest() {
        return new RetryPolicy(attempts, Math.min(attempts, 2), firstDelay, maxDelay, stallTimeout, sleeper);
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
                if (++failures >= (e.isUnreachable() ? connections : attempts)) {
                    throw e;
                }
                sleeper.sleep(delayBefore(failures, e.retryAfter()).toMillis());
            }
        }
    }

    private Duration delayBefore(int retry, Duration asked) {
        Duration backoff = firstDelay.multipliedBy(1L << Math.min(retry - 1, 20));
        return longer(shorter(backoff, maxDelay), shorter(asked, MAX_ASKED));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
