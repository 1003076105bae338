package io.github.qwen3tts.internal.engine;

import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Tells whether an engine has a place for another stream, and when there may be one again. Knows the streams that have a
 * place among those that speak, and how long streams have kept theirs. Guarded by its owner.
 */
final class Admission {

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    /** Share of the last stream in the mean: follows a change of the load within some ten streams. */
    private static final double LAST = 0.2;

    private final int maxStreams;
    private final int maxQueued;
    private final Map<Object, Long> began = new IdentityHashMap<>(); // nanos by stream
    private double meanNanos; // of streams that have ended; 0 before the first

    Admission(int maxStreams, int maxQueued) {
        this.maxStreams = maxStreams;
        this.maxQueued = maxQueued;
    }

    /** Returns whether one more stream would have to wait although {@code maxQueued} others do. */
    boolean isFull(int waiting) {
        return (long) began.size() + waiting >= (long) maxStreams + maxQueued;
    }

    /** Counts a stream that takes its place. */
    void began(Object stream, long nanos) {
        began.put(stream, nanos);
    }

    /** Counts a stream that gives its place back, whatever it ended with. */
    void ended(Object stream, long nanos) {
        Long from = began.remove(stream);
        if (from != null) {
            long lasted = nanos - from;
            meanNanos = meanNanos == 0 ? lasted : meanNanos + LAST * (lasted - meanNanos);
        }
    }

    /**
     * Estimates when the next stream ends and leaves its place to one that waits. Streams are expected to last as long as
     * those before them; before the first end, twice as long as the running ones have on average so far: seen at any time,
     * a stream is halfway through. One that is overdue by some time is expected to take as much again.
     *
     * @param nanos the time now
     * @return a second at least
     */
    Duration retryAfter(long nanos) {
        double elapsed = began.values().stream()
                .mapToDouble(from -> nanos - from)
                .average()
                .orElse(0);
        double expected = meanNanos > 0 ? meanNanos : 2 * elapsed;
        double next = began.values().stream()
                .mapToDouble(from -> Math.abs(expected - (nanos - from)))
                .min()
                .orElse(0);
        return Duration.ofNanos(Math.max(SHORTEST_WAIT.toNanos(), (long) next));
    }

    @Override
    public String toString() {
        return "speaking=" + began.size() + ", maxStreams=" + maxStreams + ", maxQueued=" + maxQueued;
    }
}
