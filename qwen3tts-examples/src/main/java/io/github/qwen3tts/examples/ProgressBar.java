package io.github.qwen3tts.examples;

import io.github.qwen3tts.api.Progress;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Shows long tasks: as a bar that grows on a terminal, else as a line when a task starts and for each tenth of it. */
public final class ProgressBar implements Consumer<Progress> {

    private static final int WIDTH = 30;
    private static final int TENTHS = 10;
    private static final int CLEAR_WIDTH = 100;

    private final PrintStream out;
    private final boolean terminal;
    private final Map<String, Integer> tenths = new HashMap<>(); // of tasks that are under way

    ProgressBar(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * Returns a display on the standard error.
     *
     * @return a bar if the program has a terminal, else lines
     */
    public static ProgressBar standard() {
        return new ProgressBar(System.err, System.console() != null);
    }

    @Override
    public void accept(Progress progress) {
        int now = (int) (TENTHS * progress.fraction());
        Integer before = tenths.put(progress.task(), now);
        boolean starts = before == null || now < before;
        if (now == TENTHS) {
            tenths.remove(progress.task());
        }
        if (starts) {
            out.println(line(progress.task() + ", into " + progress.folder()));
        }
        if (terminal) {
            out.print("\r" + line(bar(progress)));
            if (now == TENTHS) {
                out.println();
            }
            out.flush();
        } else if (!starts && now > before) {
            out.println(progress);
        }
    }

    /** Blanks cover what a longer bar of another task left. */
    private String line(String text) {
        return terminal ? String.format(Locale.ROOT, "%-" + CLEAR_WIDTH + "s", text) : text;
    }

    private static String bar(Progress progress) {
        int full = (int) (WIDTH * progress.fraction());
        return "[" + "=".repeat(full) + " ".repeat(WIDTH - full) + "] " + progress;
    }
}
