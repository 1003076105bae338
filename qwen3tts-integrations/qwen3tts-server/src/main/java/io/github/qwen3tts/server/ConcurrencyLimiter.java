package io.github.qwen3tts.server;

/**
 * Limits how many requests are spoken or queued. The queue itself is the engine's: it starts streams in their order, and
 * drops those that are closed. Thread-safe.
 */
final class ConcurrencyLimiter {

    private static final double SMOOTHING = 0.2;
    private static final int MAX_RETRY_SECONDS = 60;

    private final int maxRunning;
    private final int maxPermits;
    private int permits; // guarded by this
    private double secondsEach = 1; // guarded by this; a running mean

    /**
     * Creates a limiter that has granted nothing yet.
     *
     * @param maxRunning requests spoken at the same time
     * @param maxQueued  requests that may wait beside them
     */
    ConcurrencyLimiter(int maxRunning, int maxQueued) {
        this.maxRunning = maxRunning;
        this.maxPermits = maxRunning + maxQueued;
    }

    /** Permission to run one request, held until it ends. */
    final class Permit implements AutoCloseable {

        private final long beganNanos = System.nanoTime();
        private boolean closed;

        private Permit() {}

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                release((System.nanoTime() - beganNanos) / 1e9);
            }
        }
    }

    /** Grants a permit, or throws status 429 with the time to wait. */
    synchronized Permit acquire() {
        if (permits >= maxPermits) {
            double wait = secondsEach * (permits - maxRunning + 1) / maxRunning;
            throw ApiException.overloaded((int) Math.max(1, Math.min(MAX_RETRY_SECONDS, Math.ceil(wait))));
        }
        permits++;
        return new Permit();
    }

    private synchronized void release(double seconds) {
        permits--;
        secondsEach += SMOOTHING * (seconds - secondsEach);
    }

    synchronized int running() {
        return Math.min(permits, maxRunning);
    }

    synchronized int queued() {
        return Math.max(0, permits - maxRunning);
    }
}
