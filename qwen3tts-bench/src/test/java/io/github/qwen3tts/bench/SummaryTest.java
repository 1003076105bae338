package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SummaryTest {

    @Test
    void percentilesAreTheNearestRanks() {
        double[] descending = IntStream.range(0, 100).mapToDouble(i -> 100 - i).toArray();
        assertEquals(new Summary(100, 50.5, 1, 5, 50, 95, 100), Summary.of(descending));
        assertEquals(new Summary(3, 4, 1, 1, 2, 9, 9), Summary.of(9, 1, 2));
        assertEquals(new Summary(1, 7, 7, 7, 7, 7, 7), Summary.of(7));
        assertEquals(
                20,
                Summary.of(IntStream.rangeClosed(1, 21).asDoubleStream().toArray())
                        .p95());
    }

    @Test
    void nothingHasNoSummary() {
        assertThrows(IllegalArgumentException.class, Summary::of);
    }
}
