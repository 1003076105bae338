package io.github.qwen3tts.bench;

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

    @Test
    void generationsOfOneNameAreToldApart() {
        List<String> lines = List.of("cpu family\t: 25", "model\t\t: 17", "model name\t: AMD EPYC");
        assertEquals("AMD EPYC (family 25, model 17)", Machine.processor(lines));
        assertEquals("Neoverse", Machine.processor(List.of("model name : Neoverse")));
        assertEquals(System.getProperty("os.arch"), Machine.processor(List.of()));
    }
}
