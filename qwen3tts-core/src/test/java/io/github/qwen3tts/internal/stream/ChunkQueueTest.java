package io.github.qwen3tts.internal.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.internal.stream.ChunkQueue.Event;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChunkQueueTest {

    private static final Event FAILED = new Event.Failed(new DeviceException("first"));
    private static final Event ALSO_FAILED = new Event.Failed(new DeviceException("second"));

    private final AtomicInteger rooms = new AtomicInteger();
    private final ChunkQueue queue = new ChunkQueue(1, rooms::incrementAndGet);

    @Test
    void firstTerminalEventStays() throws InterruptedException {
        queue.end(FAILED);
        queue.end(ALSO_FAILED);
        queue.cancel(ALSO_FAILED);
        assertSame(FAILED, queue.terminal());
        assertSame(FAILED, queue.take());
        assertSame(FAILED, queue.take());
    }

    @Test
    void nothingComesAfterTheEnd() throws InterruptedException {
        queue.add(chunk(0));
        queue.end(FAILED);
        queue.add(chunk(1));
        assertEquals(0, ((Event.Audio) queue.take()).chunk().firstFrame());
        assertSame(FAILED, queue.take());
    }

    @Test
    void cancellingDropsWhatWaits() throws InterruptedException {
        queue.add(chunk(0));
        queue.cancel(FAILED);
        assertSame(FAILED, queue.take());
        assertFalse(queue.isFull());
    }

    @Test
    void cancellingAfterTheEndDropsWhatWaitsAndSaysSo() throws InterruptedException {
        queue.add(chunk(0));
        queue.add(chunk(1));
        queue.end(FAILED);
        queue.take();
        queue.cancel(ALSO_FAILED);
        assertSame(FAILED, queue.terminal(), "the speech itself ended before");
        assertSame(ALSO_FAILED, queue.take());
        assertSame(ALSO_FAILED, queue.take());
        assertFalse(queue.isFull());
    }

    @Test
    void readerMakesRoomWhenTheQueueStopsBeingFull() throws InterruptedException {
        assertNull(queue.terminal());
        for (int i = 0; i < 3; i++) {
            queue.add(chunk(i)); // half a second each
        }
        assertTrue(queue.isFull());
        queue.take();
        assertTrue(queue.isFull());
        assertEquals(0, rooms.get());
        queue.take();
        assertFalse(queue.isFull());
        assertEquals(1, rooms.get());
        queue.take();
        assertEquals(1, rooms.get());
    }

    private static AudioChunk chunk(int first) {
        return AudioChunk.of(new float[4], 8, first, 1);
    }
}
