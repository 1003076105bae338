package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.runtime.OrtRuntime;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RooflineTest {

    @Test
    void measuresOnArraysAndMatricesThatDivideIntoNothing() throws IOException {
        assertTrue(Double.isFinite(ReadBandwidth.measure(3, 8 * 1003, 2)));
        MatrixRate rate = new MatrixRate(OrtRuntime.start(new OrtRuntime.Threads(2, false)), 3, 136);
        assertTrue(Double.isFinite(rate.floats(0)));
        assertTrue(Double.isFinite(rate.bytes(0)));
    }

    @Test
    void theShareIsWhatTheMachineNeedsOfWhatTheEngineTook() {
        Roofline machine = new Roofline(30e9, 100e9, 200e9);
        Efficiency efficiency = Efficiency.of(
                machine, new FrameCost(600_000_000, 300_000_000, 2_000_000_000), new FrameTime(25, 35, 40, 1, 1));
        assertEquals(30, efficiency.languageModelMillis(), 1e-9);
        assertEquals(20, efficiency.codecMillis(), 1e-9);
        assertEquals(0.5, efficiency.languageModelShare(), 1e-9);
        assertEquals(0.5, efficiency.codecShare(), 1e-9);
    }
}
