package io.github.qwen3tts.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.internal.engine.FakeLanguageModel.Call;
import java.util.Iterator;
import org.junit.jupiter.api.Test;

/** All that the engine does, done with a second thread; and what only that can do. */
class DecodingBesideTest extends SpeechEngineTest {

    @Override
    boolean decodesBeside() {
        return true;
    }

    /** Not a test here: chunks that nobody waits for overtake no others, but may be overtaken. */
    @Override
    void chunksThatAreDueTogetherAreDecodedTogetherShortestFirst() {}

    /** Steps are let through one by one; chunks have 1, 2, 2 ... frames, and the second is stopped in the decoder. */
    private static Fakes stopped(double maxBufferedSeconds) {
        Fakes fakes = new Fakes(new FakeLanguageModel(1).stopped(), 8, maxBufferedSeconds, true);
        fakes.codec.stopAtFrame(1);
        return fakes;
    }

    private static SpeechStream speak(Fakes fakes, int frames) {
        return fakes.engine.submit(Fakes.job(frames, 1, ChunkSchedule.growing(1, 2, 2)));
    }

    private static void awaitFrames(Fakes fakes, int frames) throws InterruptedException {
        while (fakes.model.streams().isEmpty() || frames(fakes) < frames) {
            Thread.sleep(1);
        }
    }

    private static int frames(Fakes fakes) {
        return fakes.model.streams().get(0).frames();
    }

    /** Until it has nothing to do, or may not do it. */
    private static void awaitWaitingEngine() throws InterruptedException {
        Thread engine = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("qwen3tts-engine"))
                .findFirst()
                .orElseThrow();
        while (engine.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
    }

    @Test
    void framesAreMadeWhileAChunkIsDecoded() throws InterruptedException {
        try (Fakes fakes = stopped(1e6)) {
            SpeechStream stream = speak(fakes, 8);
            fakes.model.steps.release(100);
            awaitFrames(fakes, 4);
            assertEquals(1, fakes.codec.framesDecoded.get());
            fakes.codec.goOn();
            assertArrayEquals(Fakes.expected(8, 1), Fakes.audio(stream));
        }
    }

    @Test
    void chunkOnItsWayCountsAsBuffered() throws InterruptedException {
        try (Fakes fakes = stopped(3 * Fakes.FRAME_SECONDS - 1e-6)) {
            SpeechStream stream = speak(fakes, 8);
            fakes.model.steps.release(100);
            awaitFrames(fakes, 3);
            awaitWaitingEngine();
            assertEquals(3, frames(fakes));
            fakes.codec.goOn();
            assertArrayEquals(Fakes.expected(8, 1), Fakes.audio(stream));
        }
    }

    @Test
    void nothingIsClosedWhileItIsDecodedWith() throws InterruptedException {
        try (Fakes fakes = stopped(1e6)) {
            SpeechStream stream = speak(fakes, 100);
            fakes.model.steps.release(3);
            awaitFrames(fakes, 3);
            awaitWaitingEngine(); // in the fourth step
            stream.close();
            fakes.model.steps.release(1);
            awaitFrames(fakes, 4);
            awaitWaitingEngine();
            assertEquals(0, fakes.codec.closed.get());
            fakes.codec.goOn();
            fakes.model.streams().get(0).awaitClosed();
            fakes.engine.close();
            assertEquals(1, fakes.codec.closed.get());
            assertEquals(FinishReason.CANCELLED, stream.stats().reason());
        }
    }

    @Test
    void chunkOnItsWayIsHeardBeforeAFailureOfTheModel() throws InterruptedException {
        try (Fakes fakes = stopped(1e6)) {
            Iterator<AudioChunk> chunks = speak(fakes, 100).iterator();
            fakes.model.steps.release(3);
            awaitFrames(fakes, 3);
            fakes.model.fail(Call.STEP, 1, new IllegalStateException("stop"));
            fakes.model.steps.release(1);
            fakes.codec.goOn();
            assertEquals(0, chunks.next().firstFrame());
            assertEquals(1, chunks.next().firstFrame());
            assertThrows(DeviceException.class, chunks::hasNext);
        }
    }

    @Test
    void failureOfTheDecodersThreadReachesTheReaderOnly() {
        try (Fakes fakes = stopped(1e6)) {
            failInTheSecondChunk(fakes, new IllegalStateException("the decoder broke"));
            fakes.codec.failure = null;
            fakes.codec.goOn();
            assertArrayEquals(Fakes.expected(5, 2), Fakes.audio(fakes.speak(5, 2)));
        }
    }

    @Test
    void errorOnTheDecodersThreadIsToldToEverybody() {
        try (Fakes fakes = stopped(1e6)) {
            failInTheSecondChunk(fakes, new OutOfMemoryError("no more direct memory"));
            assertThrows(DeviceException.class, () -> speak(fakes, 1));
        }
    }

    private static void failInTheSecondChunk(Fakes fakes, Throwable failure) {
        Iterator<AudioChunk> chunks = speak(fakes, 100).iterator();
        fakes.model.steps.release(1);
        assertEquals(0, chunks.next().firstFrame());
        fakes.codec.failure = failure;
        fakes.model.steps.release(100);
        DeviceException e = assertThrows(DeviceException.class, chunks::hasNext);
        assertSame(failure, e.getCause());
    }
}
