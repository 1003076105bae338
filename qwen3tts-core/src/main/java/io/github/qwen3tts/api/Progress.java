package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * Describes how far a long task is: a download, the quantisation of weights, the preparation of graphs. Reports of one
 * task never go backwards, and its last one, unless it fails, has {@link #fraction} 1. Immutable.
 *
 * @since 0.1.0
 */
public final class Progress {

    private static final String BYTES = "bytes";
    private static final long MEGABYTE = 1_000_000;

    private final String task;
    private final Path folder;
    private final long done;
    private final long total;
    private final String unit;

    private Progress(String task, Path folder, long done, long total, String unit) {
        this.task = Objects.requireNonNull(task, "task");
        this.folder = Objects.requireNonNull(folder, "folder");
        this.unit = Objects.requireNonNull(unit, "unit");
        this.done = done;
        this.total = total;
    }

    /**
     * Creates a report.
     *
     * @param task   a name, such as {@code quantise weights}
     * @param folder where results are kept
     * @param done   units that are done, {@code 0..total}
     * @param total  units of the whole task
     * @param unit   {@code bytes}, or what is counted instead, in the plural
     * @return the report
     * @throws InvalidRequestException if {@code done} is out of range
     */
    public static Progress of(String task, Path folder, long done, long total, String unit) {
        Check.argument(done >= 0 && done <= total, "done must be in 0..total", "done", done, "total", total);
        return new Progress(task, folder, done, total, unit);
    }

    /**
     * Returns the name of the task.
     *
     * @return such as {@code download Qwen/Qwen3-TTS-12Hz-0.6B-Base}
     */
    public String task() {
        return task;
    }

    /**
     * Returns where results are kept.
     *
     * @return a folder, which may not exist yet
     */
    public Path folder() {
        return folder;
    }

    /**
     * Returns how much is done, what was there before included.
     *
     * @return in {@link #unit units}, {@code 0..total}
     */
    public long done() {
        return done;
    }

    /**
     * Returns the size of the whole task.
     *
     * @return in {@link #unit units}
     */
    public long total() {
        return total;
    }

    /**
     * Returns what {@link #done} and {@link #total} count.
     *
     * @return {@code bytes}, {@code matrices} or {@code graphs}
     */
    public String unit() {
        return unit;
    }

    /**
     * Returns how much of the task is done.
     *
     * @return {@code 0..1}
     */
    public double fraction() {
        return total == 0 ? 1 : (double) done / total;
    }

    /** Returns a line for people, with megabytes for bytes. */
    @Override
    public String toString() {
        String amount = unit.equals(BYTES)
                ? done / MEGABYTE + " of " + total / MEGABYTE + " MB"
                : done + " of " + total + " " + unit;
        return String.format(Locale.ROOT, "%s: %d %%, %s", task, (int) (100 * fraction()), amount);
    }
}
