package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.api.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    /** Shows reports of a task of 10 MB, and returns what a person sees, without the blanks that clear a line. */
    private List<String> show(boolean terminal, long... done) {
        ProgressBar bar = new ProgressBar(new PrintStream(shown, true, StandardCharsets.UTF_8), terminal);
        for (long bytes : done) {
            bar.accept(Progress.of("download a/b", Path.of("cache"), bytes, 10_000_000, "bytes"));
        }
        return List.of(shown.toString(StandardCharsets.UTF_8).split("\\s*[\r\n]+"));
    }

    @Test
    void aTerminalGetsABarThatGrows() {
        assertEquals(
                List.of(
                        "download a/b, into cache",
                        "[                              ] download a/b: 0 %, 0 of 10 MB",
                        "[===============               ] download a/b: 50 %, 5 of 10 MB",
                        "[==============================] download a/b: 100 %, 10 of 10 MB"),
                show(true, 0, 5_000_000, 10_000_000));
    }

    @Test
    void aFileGetsALineForEachTenth() {
        assertEquals(
                List.of(
                        "download a/b, into cache",
                        "download a/b: 11 %, 1 of 10 MB",
                        "download a/b: 50 %, 5 of 10 MB",
                        "download a/b: 100 %, 10 of 10 MB"),
                show(false, 0, 500_000, 1_100_000, 1_900_000, 5_000_000, 10_000_000));
    }

    @Test
    void aTaskMayStartInTheMiddleAndStartAgain() {
        assertEquals(
                List.of(
                        "download a/b, into cache",
                        "download a/b: 100 %, 10 of 10 MB",
                        "download a/b, into cache",
                        "download a/b: 70 %, 7 of 10 MB"),
                show(false, 6_000_000, 10_000_000, 0, 7_000_000));
    }
}
