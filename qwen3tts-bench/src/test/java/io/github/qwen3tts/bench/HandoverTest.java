package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HandoverTest {

    @Test
    void thereAndBackTakesSomeTimeAndEnds() {
        double nanos = assertTimeoutPreemptively(Duration.ofMinutes(1), () -> Handover.nanos(1));
        assertTrue(nanos > 0 && Double.isFinite(nanos), "nanos=" + nanos);
    }
}
