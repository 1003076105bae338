package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.util.Objects;

/**
 * Says how many frames of 80 ms are delivered at a time. Small chunks come early, large ones cost less to decode. The
 * codes do not depend on it; samples differ in the last bit. Immutable.
 *
 * @since 0.1.0
 */
public final class ChunkSchedule {

    /** Delivers the first frame at once, then chunks that double up to 8 frames, two thirds of a second. */
    public static final ChunkSchedule FIRST_AUDIO = growing(1, 2, 8);

    /** Delivers chunks of 12 frames, about a second: for writing to files. */
    public static final ChunkSchedule THROUGHPUT = fixed(12);

    private final int first;
    private final double growth;
    private final int max;

    private ChunkSchedule(int first, double growth, int max) {
        this.first = first;
        this.growth = growth;
        this.max = max;
    }

    /**
     * Creates a schedule of one size.
     *
     * @param frames in every chunk, {@code >= 1}
     * @return the schedule
     * @throws InvalidRequestException if the number is out of range
     */
    public static ChunkSchedule fixed(int frames) {
        return growing(frames, 1, frames);
    }

    /**
     * Creates a schedule of growing chunks.
     *
     * @param first  frames in the first chunk, {@code >= 1}
     * @param growth each chunk is so many times the one before, {@code >= 1}
     * @param max    frames in a chunk at most, {@code >= first}
     * @return the schedule
     * @throws InvalidRequestException if a number is out of range
     */
    public static ChunkSchedule growing(int first, double growth, int max) {
        Check.argument(
                first >= 1 && max >= first && growth >= 1 && Double.isFinite(growth),
                "chunk schedule must have 1 <= first <= max and growth >= 1",
                "first",
                first,
                "growth",
                growth,
                "max",
                max);
        return new ChunkSchedule(first, growth, max);
    }

    /**
     * Returns the size of the first chunk.
     *
     * @return frames
     */
    public int first() {
        return first;
    }

    /**
     * Returns the size of the largest chunk.
     *
     * @return frames
     */
    public int max() {
        return max;
    }

    /**
     * Returns the size that follows another.
     *
     * @param frames of a chunk
     * @return frames of the next one
     */
    public int after(int frames) {
        return (int) Math.min(max, Math.ceil(frames * growth));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkSchedule that && first == that.first && growth == that.growth && max == that.max;
    }

    @Override
    public int hashCode() {
        return Objects.hash(first, growth, max);
    }

    @Override
    public String toString() {
        return "ChunkSchedule[first=" + first + ", growth=" + growth + ", max=" + max + "]";
    }
}
