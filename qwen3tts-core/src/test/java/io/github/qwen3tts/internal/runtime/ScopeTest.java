package io.github.qwen3tts.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScopeTest {

    private final List<Integer> closed = new ArrayList<>();
    private final Scope scope = new Scope();

    @Test
    void newestIsClosedFirstAndEachOnce() {
        own(1);
        own(2);
        own(3);
        scope.close();
        scope.close();
        assertEquals(List.of(3, 2, 1), closed);
    }

    @Test
    void whatFailsToCloseLeavesNothingElseOpen() {
        IllegalStateException first = new IllegalStateException("first");
        IOException second = new IOException("second");
        own(1);
        scope.own(() -> {
            throw second;
        });
        own(2);
        scope.own(() -> {
            throw first;
        });
        own(3);
        assertSame(first, assertThrows(IllegalStateException.class, scope::close));
        assertArrayEquals(new Throwable[] {second}, first.getSuppressed());
        assertEquals(List.of(3, 2, 1), closed);
    }

    @Test
    void failureThatIsNoRuntimeExceptionIsTheCauseOfOne() {
        IOException failure = new IOException("disk");
        scope.own(() -> {
            throw failure;
        });
        assertSame(
                failure, assertThrows(IllegalStateException.class, scope::close).getCause());
    }

    @Test
    void failuresWhileClosingAfterAFailureAreAddedToIt() {
        IllegalStateException failure = new IllegalStateException("opening");
        IllegalStateException closing = new IllegalStateException("closing");
        own(1);
        scope.own(() -> {
            throw closing;
        });
        scope.closeAfter(failure);
        assertArrayEquals(new Throwable[] {closing}, failure.getSuppressed());
        assertEquals(List.of(1), closed);
    }

    @Test
    void openingThatFailsHalfWayClosesThePartsItHas() {
        for (Throwable failure : List.of(new IllegalStateException("no file"), new OutOfMemoryError("no memory"))) {
            closed.clear();
            assertSame(
                    failure,
                    assertThrows(
                            failure.getClass(),
                            () -> Scope.open(owned -> {
                                owned.own(() -> closed.add(1));
                                owned.own(() -> closed.add(2));
                                if (failure instanceof Error e) {
                                    throw e;
                                }
                                throw (RuntimeException) failure;
                            })));
            assertEquals(List.of(2, 1), closed);
        }
    }

    @Test
    void whatIsOpenedKeepsItsPartsOpen() {
        Scope kept = Scope.open(owned -> {
            owned.own(() -> closed.add(1));
            return owned;
        });
        assertEquals(List.of(), closed);
        kept.close();
        assertEquals(List.of(1), closed);
    }

    private void own(int number) {
        scope.own(() -> closed.add(number));
    }
}
