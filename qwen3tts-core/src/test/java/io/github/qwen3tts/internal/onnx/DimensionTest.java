package io.github.qwen3tts.internal.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class DimensionTest {

    @Test
    void numbersAreComputed() {
        assertEquals(7L, Dimension.plus(4L, 3));
        assertEquals(9L, Dimension.sum(4L, 5L));
        assertEquals(12L, Dimension.times(3, 4L));
        assertEquals(2L, Dimension.over(5L, 2));
    }

    @Test
    void aNameComesBackWhenWhatWasAddedIsTakenAway() {
        Object more = Dimension.sum(6L, "time");
        assertEquals("time+6", more);
        assertEquals("time", Dimension.plus(more, -6));
        assertEquals("time-2", Dimension.plus(more, -8));
        assertEquals("time+4", Dimension.plus(Dimension.plus(more, -8), 6));
        assertEquals("8*time", Dimension.plus(Dimension.plus(Dimension.times(8, "time"), 1), -1));
    }

    @Test
    void namesSayInWhichOrderTheyWereMade() {
        assertEquals("2*(time+3)", Dimension.times(2, Dimension.plus("time", 3)));
        assertNotEquals(Dimension.times(2, Dimension.plus("time", 3)), Dimension.plus(Dimension.times(2, "time"), 3));
        assertEquals("(time+3)/2", Dimension.over(Dimension.plus("time", 3), 2));
        assertEquals("(a+b)/2", Dimension.over(Dimension.sum("a", "b"), 2));
        assertEquals("(a+b)+(c+1)", Dimension.sum(Dimension.sum("a", "b"), Dimension.plus("c", 1)));
        assertEquals("2*((a+b)+(c+1))", Dimension.times(2, "(a+b)+(c+1)"));
        assertEquals("(a+1)[0:-7]", Dimension.range(Dimension.plus("a", 1), 0, -7));
    }

    @Test
    void timesAndOverOneChangeNothing() {
        assertEquals("time", Dimension.times(1, "time"));
        assertEquals("time+1", Dimension.over("time+1", 1));
    }
}
