package io.github.qwen3tts.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ProgressTaskTest {

    private final List<Progress> seen = new ArrayList<>();

    private ProgressTask task(long done, long total) {
        return new ProgressTask(seen::add, "count", Path.of("folder"), done, total, "bytes");
    }

    @Test
    void reportsStartAndEndAndAThousandStepsAtMost() {
        ProgressTask task = task(0, 1_000_000);
        for (int i = 1; i <= 1_000_000; i++) {
            task.reach(i);
        }
        assertEquals(1001, seen.size());
        assertEquals(0, seen.get(0).fraction());
        assertEquals(1, seen.get(1000).fraction());
    }

    @Test
    void neverGoesBack() {
        ProgressTask task = task(5, 10);
        task.reach(3);
        task.reach(5);
        task.advance();
        assertEquals(List.of(5L, 6L), seen.stream().map(Progress::done).toList());
    }

    @Test
    void saysMegabytesForBytes() {
        task(1_006_000_000L, 2_516_000_000L);
        assertEquals("count: 39 %, 1006 of 2516 MB", seen.get(0).toString());
    }

    @Test
    void aListenerThatThrowsIsToldNothingMoreAndBreaksNothing() {
        Consumer<Progress> guarded = ProgressListeners.guarded(progress -> {
            seen.add(progress);
            throw new IllegalStateException("no terminal");
        });
        ProgressTask task = new ProgressTask(guarded, "count", Path.of("folder"), 0, 2, "graphs");
        task.advance();
        task.advance();
        assertEquals(1, seen.size());
        assertTrue(seen.get(0).toString().endsWith("0 of 2 graphs"), seen::toString);
    }
}
