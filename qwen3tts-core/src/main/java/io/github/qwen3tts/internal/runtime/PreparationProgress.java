package io.github.qwen3tts.internal.runtime;

import io.github.qwen3tts.api.Progress;
import io.github.qwen3tts.internal.ProgressTask;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reports the preparation of graphs: of those that are opened together first as one task, which starts if one of them has
 * to be prepared, and of each later one as a task of its own. For any number of threads.
 */
final class PreparationProgress {

    private final Consumer<Progress> listener;
    private final Path folder;
    private final int together;
    private int begun;
    private int done; // of those together
    private ProgressTask shared; // null until one has to be prepared

    PreparationProgress(Consumer<Progress> listener, Path folder, int together) {
        this.listener = listener;
        this.folder = folder;
        this.together = together;
    }

    /** Begins to open one graph; returns what is to be called when that has ended, whether it worked or not. */
    synchronized Runnable begin(String graph, boolean prepared) {
        if (begun++ < together) {
            if (!prepared && shared == null) {
                shared = new ProgressTask(listener, "prepare graphs", folder, done, together, "graphs");
            }
            return this::finished;
        }
        if (prepared) {
            return () -> {};
        }
        ProgressTask single = new ProgressTask(listener, "prepare graph " + graph, folder, 0, 1, "graphs");
        return single::advance;
    }

    private synchronized void finished() {
        done++;
        if (shared != null) {
            shared.reach(done);
        }
    }
}
