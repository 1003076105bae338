package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;

/**
 * How many frames of 80 ms are delivered at a time. Small chunks come early, large ones cost less to decode. The audio
 * does not depend on it.
 *
 * @param first frames in the first chunk, {@code >= 1}
 * @param growth each chunk is so many times the one before, {@code >= 1}
 * @param max   frames in a chunk at most, {@code >= first}
 */
public record ChunkSchedule(int first, double growth, int max) {

    /** The first frame at once, then doubling up to two thirds of a second. */
    public static final ChunkSchedule FIRST_AUDIO = new ChunkSchedule(1, 2, 8);

    /** Chunks of a second: for writing to files. */
    public static final ChunkSchedule THROUGHPUT = new ChunkSchedule(12, 1, 12);

    public ChunkSchedule {
        Check.argument(
                first >= 1 && max >= first && growth >= 1 && Double.isFinite(growth),
                "chunk schedule must have 1 <= first <= max and growth >= 1",
                "first",
                first,
                "growth",
                growth,
                "max",
                max);
    }

    /**
     * Always the same size.
     *
     * @param frames in every chunk, {@code >= 1}
     * @return the schedule
     */
    public static ChunkSchedule fixed(int frames) {
        return new ChunkSchedule(frames, 1, frames);
    }

    /**
     * The size that follows.
     *
     * @param frames of a chunk
     * @return frames of the next one
     */
    public int after(int frames) {
        return (int) Math.min(max, Math.ceil(frames * growth));
    }
}
