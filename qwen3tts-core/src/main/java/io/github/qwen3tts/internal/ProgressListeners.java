package io.github.qwen3tts.internal;

import io.github.qwen3tts.api.Progress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Listeners of long tasks. All of them are told by one thread at a time. */
public final class ProgressListeners {

    private static final System.Logger LOG = System.getLogger(Progress.class.getName());
    private static final int TENTHS = 10;

    /** Logs the start of each task with its size and folder, and every tenth of it. */
    public static final Consumer<Progress> LOGGED = new Logged();

    private ProgressListeners() {}

    /**
     * Protects tasks from a listener: the first exception is logged, and the listener is told nothing more.
     *
     * @param listener may throw
     * @return never throws an exception
     */
    public static Consumer<Progress> guarded(Consumer<Progress> listener) {
        return listener instanceof Guarded || listener instanceof Logged ? listener : new Guarded(listener);
    }

    private static final class Guarded implements Consumer<Progress> {

        private final Consumer<Progress> listener;
        private boolean failed;

        Guarded(Consumer<Progress> listener) {
            this.listener = listener;
        }

        @Override
        public synchronized void accept(Progress progress) {
            if (failed) {
                return;
            }
            try {
                listener.accept(progress);
            } catch (RuntimeException e) {
                failed = true;
                LOG.log(System.Logger.Level.WARNING, "progress listener failed, and is told nothing more", e);
            }
        }
    }

    private static final class Logged implements Consumer<Progress> {

        private final Map<String, Integer> tenths = new HashMap<>(); // of the tasks that are under way

        @Override
        public synchronized void accept(Progress progress) {
            int now = (int) (TENTHS * progress.fraction());
            Integer before = now == TENTHS ? tenths.remove(progress.task()) : tenths.put(progress.task(), now);
            if (before == null || now < before) {
                LOG.log(System.Logger.Level.INFO, "{0}, into {1}", progress, progress.folder());
            } else if (now > before) {
                LOG.log(System.Logger.Level.INFO, "{0}", progress);
            }
        }
    }
}
