package io.github.qwen3tts.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TensorPoolTest {

    private static final long BYTES = 6 * Float.BYTES; // of [2, 3]

    private final Scope owned = new Scope();

    @AfterEach
    void close() {
        owned.close();
    }

    @Test
    void tensorIsHandedOnToWhoWantsThatShape() {
        TensorPool pool = owned.own(new TensorPool(10 * BYTES));
        Tensor first = pool.floats(2, 3);
        pool.giveBack(first);
        assertNotSame(first, owned.own(pool.floats(3, 2)), "as large, but of another shape");
        Tensor second = owned.own(pool.floats(2, 3));
        assertSame(first, second);
        assertNotSame(second, owned.own(pool.floats(2, 3)), "one tensor, one user");
        assertArrayEquals(new long[] {2, 3}, second.shape());
    }

    @Test
    void whatIsTooMuchIsClosed() {
        TensorPool pool = owned.own(new TensorPool(BYTES + 1));
        Tensor kept = pool.floats(2, 3);
        Tensor tooMuch = pool.floats(2, 3);
        pool.giveBack(kept);
        pool.giveBack(tooMuch);
        assertTrue(tooMuch.handle().isClosed());
        assertSame(kept, pool.floats(2, 3));
        pool.giveBack(kept);
    }

    @Test
    void closedPoolKeepsNothing() {
        TensorPool pool = new TensorPool(10 * BYTES);
        Tensor inside = pool.floats(2, 3);
        Tensor outside = pool.floats(2, 3);
        pool.giveBack(inside);
        pool.close();
        pool.giveBack(outside);
        assertTrue(inside.handle().isClosed());
        assertTrue(outside.handle().isClosed());
    }
}
