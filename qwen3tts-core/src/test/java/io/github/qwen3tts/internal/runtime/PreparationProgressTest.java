package io.github.qwen3tts.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.api.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreparationProgressTest {

    private final List<Progress> seen = new ArrayList<>();
    private final PreparationProgress progress = new PreparationProgress(seen::add, Path.of("graphs"), 3);

    @Test
    void graphsThatAreAllPreparedAreNoTask() {
        for (int i = 0; i < 4; i++) {
            progress.begin("talker", true).run();
        }
        assertEquals(List.of(), seen);
    }

    @Test
    void graphsOfOneLoadAreOneTaskAndLaterOnesHaveTheirOwn() {
        progress.begin("a", true).run();
        Runnable second = progress.begin("b", false);
        Runnable third = progress.begin("c", false);
        third.run();
        second.run();
        progress.begin("d", false).run();
        assertEquals(
                List.of(
                        "prepare graphs: 33 %, 1 of 3 graphs",
                        "prepare graphs: 66 %, 2 of 3 graphs",
                        "prepare graphs: 100 %, 3 of 3 graphs",
                        "prepare graph d: 0 %, 0 of 1 graphs",
                        "prepare graph d: 100 %, 1 of 1 graphs"),
                seen.stream().map(Progress::toString).toList());
    }
}
