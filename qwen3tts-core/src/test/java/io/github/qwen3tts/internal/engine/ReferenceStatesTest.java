package io.github.qwen3tts.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.internal.model.CodecDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // a guard against threads that wait for each other
class ReferenceStatesTest {

    private final CountingDecoder codec = new CountingDecoder();
    private final ReferenceStates states = new ReferenceStates(codec, 2);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static int[] voice(int number) {
        return new int[] {number, number, number, number};
    }

    @Test
    void equalReferencesAreReadOnce() {
        states.prepare(voice(1));
        try (CodecDecoder.State a = states.start(voice(1));
                CodecDecoder.State b = states.start(voice(1))) {
            assertEquals(2, a.frames());
            assertEquals(2, b.frames());
        }
        assertEquals(1, codec.reads.get());
    }

    @Test
    void voiceWithoutReferenceStartsAtTheBeginning() {
        states.prepare(new int[0]);
        try (CodecDecoder.State state = states.start(new int[0])) {
            assertEquals(0, state.frames());
        }
        assertEquals(0, codec.reads.get());
    }

    @Test
    void theEightUsedLastAreKeptAndAllAreClosedInTheEnd() {
        for (int voice = 0; voice < 8; voice++) {
            states.prepare(voice(voice));
        }
        states.start(voice(0)).close(); // used again: voice 1 is the oldest now
        states.prepare(voice(8));
        assertEquals(9, codec.reads.get());
        states.prepare(voice(0));
        assertEquals(9, codec.reads.get(), "kept");
        states.prepare(voice(1));
        assertEquals(10, codec.reads.get(), "read again");
        states.close();
        assertEquals(0, codec.open.get());
        assertThrows(EngineClosedException.class, () -> states.start(voice(0)));
    }

    @Test
    void slowReadingHoldsUpItsOwnVoiceOnly() throws Exception {
        codec.gate = new CountDownLatch(1);
        Future<CodecDecoder.State> first = threads.submit(() -> states.start(voice(-1)));
        codec.entered.await();
        Future<CodecDecoder.State> second = threads.submit(() -> states.start(voice(-1)));
        states.start(voice(2)).close(); // another voice is not held up
        assertThrows(TimeoutException.class, () -> second.get(50, TimeUnit.MILLISECONDS));
        codec.gate.countDown();
        first.get().close();
        second.get().close();
        assertEquals(2, codec.reads.get());
    }

    @Test
    void failureIsToldToAllWhoAskedAndNotKept() throws Exception {
        DeviceException failure = new DeviceException("no memory");
        codec.failure = failure;
        assertSame(failure, assertThrows(DeviceException.class, () -> states.prepare(voice(1))));
        codec.failure = null;
        states.start(voice(1)).close();
        states.close();
        assertEquals(0, codec.open.get());
    }

    @Test
    void closingWaitsForAReadingAndLeavesNothingOpen() throws Exception {
        codec.gate = new CountDownLatch(1);
        Future<?> reading = threads.submit(() -> states.start(voice(-1)).close());
        codec.entered.await();
        Future<?> closing = threads.submit(states::close);
        assertThrows(TimeoutException.class, () -> closing.get(50, TimeUnit.MILLISECONDS));
        codec.gate.countDown();
        closing.get();
        ExecutionException refused = assertThrows(ExecutionException.class, reading::get);
        assertTrue(refused.getCause() instanceof EngineClosedException, refused.toString());
        assertEquals(0, codec.open.get());
    }

    /** Many threads, more voices than are kept. */
    @Test
    void everyStreamStartsAfterItsOwnReference() throws Exception {
        List<Future<Boolean>> results = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            int seed = thread;
            results.add(threads.submit(() -> {
                boolean right = true;
                for (int i = 0; i < 200; i++) {
                    int voice = (seed * 7 + i * i) % 12;
                    try (CodecDecoder.State state = states.start(voice(voice))) {
                        right &= ((CountingState) state).firstCode == voice;
                    }
                }
                return right;
            }));
        }
        for (Future<Boolean> result : results) {
            assertTrue(result.get());
        }
        states.close();
        assertEquals(0, codec.open.get());
    }

    /** Knows which codes it has read, and how many states are open. Reading code -1 waits for the gate. */
    private static final class CountingDecoder implements CodecDecoder {

        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger reads = new AtomicInteger();
        private final CountDownLatch entered = new CountDownLatch(1);
        private volatile CountDownLatch gate;
        private volatile RuntimeException failure;

        @Override
        public State start() {
            return new CountingState(this);
        }

        @Override
        public void decode(int[] codes, int frames, State state, float[] out, int at) {
            reads.incrementAndGet();
            if (failure != null) {
                throw failure;
            }
            if (codes[0] < 0) {
                entered.countDown();
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            ((CountingState) state).firstCode = codes[0];
            ((CountingState) state).frames += frames;
        }

        @Override
        public int samplesPerFrame() {
            return 1;
        }

        @Override
        public void close() {}
    }

    private static final class CountingState implements CodecDecoder.State {

        private final CountingDecoder decoder;
        private long frames;
        private int firstCode;
        private boolean closed;

        CountingState(CountingDecoder decoder) {
            this.decoder = decoder;
            decoder.open.incrementAndGet();
        }

        @Override
        public long frames() {
            return frames;
        }

        @Override
        public CodecDecoder.State copy() {
            assertFalse(closed, "copied after closing");
            CountingState copy = new CountingState(decoder);
            copy.frames = frames;
            copy.firstCode = firstCode;
            return copy;
        }

        @Override
        public void close() {
            assertFalse(closed, "closed twice");
            closed = true;
            decoder.open.decrementAndGet();
        }
    }
}
