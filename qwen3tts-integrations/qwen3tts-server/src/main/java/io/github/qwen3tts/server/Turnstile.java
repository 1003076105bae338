package io.github.qwen3tts.server;

/**
 * Lets in as many speeches as can speak and wait. Waiting itself is the engine's: it takes streams in their order, and
 * forgets those that are closed. Any thread.
 */
final class Turnstile {

    private static final double SMOOTHING = 0.2;
    private static final int MAX_RETRY_SECONDS = 60;

    private final int speaking;
    private final int most;
    private int inside; // guarded by this
    private double secondsEach = 1; // guarded by this; a running mean

    /**
     * An empty one.
     *
     * @param speaking at once
     * @param waiting  at most, beside them
     */
    Turnstile(int speaking, int waiting) {
        this.speaking = speaking;
        this.most = speaking + waiting;
    }

    /** What one speech holds while it is inside. */
    final class Pass implements AutoCloseable {

        private final long beganNanos = System.nanoTime();
        private boolean closed;

        private Pass() {}

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                leave((System.nanoTime() - beganNanos) / 1e9);
            }
        }
    }

    synchronized Pass enter() {
        if (inside >= most) {
            double wait = secondsEach * (inside - speaking + 1) / speaking;
            throw ApiException.overloaded((int) Math.max(1, Math.min(MAX_RETRY_SECONDS, Math.ceil(wait))));
        }
        inside++;
        return new Pass();
    }

    private synchronized void leave(double seconds) {
        inside--;
        secondsEach += SMOOTHING * (seconds - secondsEach);
    }

    synchronized int speaking() {
        return Math.min(inside, speaking);
    }

    synchronized int waiting() {
        return Math.max(0, inside - speaking);
    }
}
