package io.github.qwen3tts.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineTest {

    @Test
    void fieldsOfTheProcessorAreFoundByTheirWholeNames() {
        List<String> lines = List.of("model\t\t: 1", "model name\t: AMD EPYC", "model name\t: another");
        assertEquals("AMD EPYC", Machine.field(lines, "model name", "none"));
        assertEquals("none", Machine.field(lines, "name", "none"));
        assertEquals("none", Machine.field(List.of(), "model", "none"));
    }
}
