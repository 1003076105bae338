package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.internal.Check;
import java.util.BitSet;
import java.util.concurrent.locks.ReentrantLock;

/** Hands out places on the device, the lowest free one first. For any number of threads. */
final class Slots {

    private final ReentrantLock turns;
    private final int count;
    private final String full;
    private final String countName;
    private final BitSet taken = new BitSet(); // guarded by turns

    /** {@code full} says that all {@code count} places, called {@code countName}, are taken. */
    Slots(ReentrantLock turns, int count, String full, String countName) {
        this.turns = turns;
        this.count = count;
        this.full = full;
        this.countName = countName;
    }

    /** One place, until it is closed; a second close does nothing. */
    final class Slot implements AutoCloseable {

        private final int index;
        private boolean open = true;

        private Slot(int index) {
            this.index = index;
        }

        int index() {
            return index;
        }

        @Override
        public void close() {
            turns.lock();
            try {
                if (open) {
                    open = false;
                    taken.clear(index);
                }
            } finally {
                turns.unlock();
            }
        }
    }

    /**
     * Takes a place.
     *
     * @throws DeviceException if all are taken
     */
    Slot take() {
        turns.lock();
        try {
            int index = taken.nextClearBit(0);
            if (index >= count) {
                throw new DeviceException(Check.message(full, countName, count) + "; close one first");
            }
            taken.set(index);
            return new Slot(index);
        } finally {
            turns.unlock();
        }
    }
}
