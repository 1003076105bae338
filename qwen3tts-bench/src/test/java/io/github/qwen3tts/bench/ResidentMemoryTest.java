package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {

    @Test
    void readsTheStatusOfAProcess() {
        List<String> status = List.of(
                "Name:\tjava",
                "VmPeak:\t 9000000 kB",
                "VmHWM:\t  300 kB",
                "VmRSS:\t  200 kB",
                "RssAnon:\t  150 kB",
                "RssFile:\t   50 kB");
        assertEquals(
                new ResidentMemory(200 * 1024, 150 * 1024, 50 * 1024, 300 * 1024), ResidentMemory.ofStatus(status));
    }

    @Test
    void whatTheSystemLeavesOutIsUnknown() {
        assertEquals(
                new ResidentMemory(200 * 1024, ResidentMemory.UNKNOWN, ResidentMemory.UNKNOWN, ResidentMemory.UNKNOWN),
                ResidentMemory.ofStatus(List.of("VmRSS:\t  200 kB")));
    }
}
