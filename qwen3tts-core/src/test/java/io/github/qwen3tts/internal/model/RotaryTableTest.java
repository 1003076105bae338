package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.qwen3tts.internal.runtime.OrtRuntime;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotaryTableTest {

    @BeforeAll
    static void startRuntime() {
        OrtRuntime.start(new OrtRuntime.Threads(2, false));
    }

    /** Frequencies of the official model: the angles of position 1. */
    @ParameterizedTest
    @CsvSource({
        "128, 1e6, 0, 1",
        "128, 1e6, 1, 0.80584219",
        "128, 1e6, 2, 0.64938163",
        "128, 1e6, 63, 1.2409378e-6",
        "64, 1e4, 1, 0.74989421",
        "64, 1e4, 31, 1.3335214e-4",
        "4, 1e6, 1, 0.001"
    })
    void frequenciesAreThoseOfTheOfficialModel(int headDim, double theta, int j, double frequency) {
        try (RotaryTable table = new RotaryTable(headDim, theta)) {
            FloatBuffer cos = FloatBuffer.allocate(headDim / 2);
            FloatBuffer sin = FloatBuffer.allocate(headDim / 2);
            table.fill(1, 1, cos, sin);
            assertEquals(Math.sin(frequency), sin.get(j), 1e-7 * Math.sin(frequency));
            assertEquals(Math.cos(frequency), cos.get(j), 1e-7);
        }
    }

    @Test
    void rowsStartAtAnyPosition() {
        try (RotaryTable table = new RotaryTable(8, 10_000)) {
            float[] all = new float[50 * 4];
            float[] some = new float[10 * 4];
            table.fill(0, 50, FloatBuffer.wrap(all), FloatBuffer.allocate(200));
            table.fill(40, 10, FloatBuffer.wrap(some), FloatBuffer.allocate(40));
            assertArrayEquals(Arrays.copyOfRange(all, 160, 200), some);
        }
    }

    @Test
    void grownTablesBeginAsTheSmallOnesAndLeaveThemOpen() {
        try (RotaryTable table = new RotaryTable(8, 10_000)) {
            RotaryTable.Rows small = table.atLeast(10);
            assertSame(small, table.atLeast(small.positions()));
            RotaryTable.Rows large = table.atLeast(small.positions() + 1);
            assertEquals(2 * small.positions(), large.positions());
            for (int i = 0; i < small.positions() * 4; i++) {
                assertEquals(small.cos().floats().get(i), large.cos().floats().get(i));
                assertEquals(small.sin().floats().get(i), large.sin().floats().get(i));
            }
        }
    }
}
