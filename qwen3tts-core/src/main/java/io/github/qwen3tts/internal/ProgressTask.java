package io.github.qwen3tts.internal;

import io.github.qwen3tts.api.Progress;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reports how far one long task is: at its start, at most a thousand times on its way, and at its end. Never backwards. For
 * any number of threads.
 */
public final class ProgressTask {

    private static final int STEPS = 1000;

    private final Consumer<Progress> listener;
    private final String task;
    private final Path folder;
    private final long total;
    private final String unit;
    private long done;
    private long reported;

    /**
     * Starts a task, and reports that.
     *
     * @param listener is told
     * @param task     its name
     * @param folder   where results are kept
     * @param done     units that were there before, {@code 0..total}
     * @param total    units of the whole task
     * @param unit     {@code bytes}, or what is counted instead
     */
    public ProgressTask(Consumer<Progress> listener, String task, Path folder, long done, long total, String unit) {
        this.listener = listener;
        this.task = task;
        this.folder = folder;
        this.total = total;
        this.unit = unit;
        report(done);
    }

    /**
     * Reports how much is done; less than before is no news.
     *
     * @param units {@code 0..total}
     */
    public synchronized void reach(long units) {
        done = Math.max(done, units);
        boolean news = done > reported && (done == total || done - reported >= total / STEPS);
        if (news) {
            report(done);
        }
    }

    /** Reports one unit more. */
    public synchronized void advance() {
        reach(done + 1);
    }

    private void report(long units) {
        done = units;
        reported = units;
        listener.accept(Progress.of(task, folder, units, total, unit));
    }
}
