package io.github.qwen3tts.internal.model.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MinimalFilterTest {

    @Test
    void threeTapsTakeFourProductsForTwoResults() {
        MinimalFilter filter = MinimalFilter.toomCook(3, 0, 1, -1);
        assertEquals(4, filter.products());
        assertFilters(filter, 2, 3);
    }

    @Test
    void sevenTapsTakeTenProductsForFourResults() {
        MinimalFilter filter = MinimalFilter.toomCook(7, 0, 1, -1, 0.5, -0.5, 2, -2, 1.5, -1.5);
        assertEquals(10, filter.products());
        assertFilters(filter, 4, 7);
    }

    @Test
    void aFilterOfFiltersHasTheTapsOfBoth() {
        MinimalFilter inner = MinimalFilter.toomCook(4, 0, 1, -1, 2, -2, 0.5);
        MinimalFilter filter = MinimalFilter.toomCook(2, 0, 1).of(inner);
        assertEquals(21, filter.products());
        assertFilters(filter, 8, 8);
        assertFilters(MinimalFilter.toomCook(3, 0, 1, -1).of(inner), 8, 12);
    }

    @Test
    void withoutItsLastTapItTakesOneProductLess() {
        MinimalFilter filter = MinimalFilter.toomCook(2, 0, 1)
                .of(MinimalFilter.toomCook(2, 0, 1))
                .shortened();
        assertEquals(8, filter.products());
        assertFilters(filter, 4, 3);
    }

    @Test
    void aFilterOfFiltersNeedsBlocksOfOneLength() {
        MinimalFilter outer = MinimalFilter.toomCook(2, 0, 1);
        MinimalFilter inner = MinimalFilter.toomCook(3, 0, 1, -1);
        String message = assertThrows(IllegalArgumentException.class, () -> outer.of(inner))
                .getMessage();
        assertEquals("inner filter must have as many results as taps: results=2, taps=3", message);
    }

    private static void assertFilters(MinimalFilter filter, int results, int taps) {
        Random random = new Random(taps);
        double[] w = random.doubles(taps, -1, 1).toArray();
        double[] x = random.doubles(results + taps - 1L, -1, 1).toArray();
        double[] y = new double[results];
        for (int p = 0; p < filter.products(); p++) {
            double product = dot(filter.taps()[p], w) * dot(filter.steps()[p], x);
            for (int i = 0; i < results; i++) {
                y[i] += filter.results()[i][p] * product;
            }
        }
        assertEquals(results, filter.results().length);
        for (int i = 0; i < results; i++) {
            double expected = 0;
            for (int k = 0; k < taps; k++) {
                expected += w[k] * x[i + k];
            }
            assertEquals(expected, y[i], 1e-12);
        }
    }

    private static double dot(double[] a, double[] b) {
        assertEquals(a.length, b.length);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
