package io.github.qwen3tts.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.engine.FakeLanguageModel.Call;
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

    /** Steps are let through one by one; chunks have 1, 2, 2 ... frames, and the second one is stopped in the decoder. */
    private static Fakes stopped(double maxBufferedSeconds) {
        Fakes fakes = new Fakes(new FakeLanguageModel(1).stopped(), 8, maxBufferedSeconds, true);
        fakes.codec.stopAtFrame(1);
        return fakes;
    }

    private static SpeechStream speak(Fakes fakes, int frames) {
        return fakes.engine.submit(Fakes.job(frames, 1, new ChunkSchedule(1, 2, 2)));
    }

    private static void step(Fakes fakes, int steps) throws InterruptedException {
        fakes.model.steps.release(steps);
        while (fakes.model.speeches().isEmpty() || fakes.model.speeches().get(0).frames() < steps) {
            Thread.sleep(1);
        }
    }

    @Test
    void framesAreMadeWhileAChunkIsDecoded() throws InterruptedException {
        try (Fakes fakes = stopped(1e6)) {
            SpeechStream stream = speak(fakes, 8);
            step(fakes, 4);
            assertEquals(1, fakes.codec.framesDecoded.get());
            fakes.codec.goOn();
            fakes.model.steps.release(100);
            assertArrayEquals(Fakes.expected(8, 1), Fakes.audio(stream));
        }
    }

    @Test
    void chunkOnItsWayCountsAsBuffered() throws InterruptedException {
        try (Fakes fakes = stopped(3 * Fakes.FRAME_SECONDS - 1e-6)) {
            SpeechStream stream = speak(fakes, 8);
            step(fakes, 3);
            fakes.model.steps.release(100);
            while (engineThread().getState() != Thread.State.WAITING) {
                Thread.sleep(1); // for room, and not for a step
            }
            assertEquals(3, fakes.model.speeches().get(0).frames());
            fakes.codec.goOn();
            assertArrayEquals(Fakes.expected(8, 1), Fakes.audio(stream));
        }
    }

    private static Thread engineThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("qwen3tts-engine"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingIsClosedWhileItIsDecodedWith() throws InterruptedException {
        try (Fakes fakes = stopped(1e6)) {
            SpeechStream stream = speak(fakes, 100);
            step(fakes, 3);
            stream.close();
            fakes.model.steps.release(100);
            while (engineThread().getState() != Thread.State.WAITING) {
                Thread.sleep(1);
            }
            assertEquals(0, fakes.codec.closed.get());
            fakes.codec.goOn();
            fakes.model.speeches().get(0).awaitClosed();
            fakes.engine.close();
            assertEquals(1, fakes.codec.closed.get());
            assertEquals(FinishReason.CANCELLED, stream.stats().reason());
        }
    }

    @Test
    void chunkOnItsWayIsHeardBeforeAFailureOfTheModel() throws InterruptedException {
        try (Fakes fakes = stopped(1e6)) {
            SpeechStream stream = speak(fakes, 100);
            step(fakes, 3);
            fakes.model.fail(Call.STEP, 1, new IllegalStateException("stop"));
            fakes.model.steps.release(1);
            fakes.codec.goOn();
            Iterator<AudioChunk> chunks = stream.iterator();
            assertEquals(0, chunks.next().firstFrame());
            assertEquals(1, chunks.next().firstFrame());
            assertThrows(DeviceException.class, chunks::hasNext);
        }
    }

    @Test
    void failureOfTheDecodersThreadReachesTheReader() throws InterruptedException {
        try (Fakes fakes = stopped(1e6)) {
            SpeechStream stream = speak(fakes, 100);
            step(fakes, 1);
            fakes.codec.failure = new IllegalStateException("the decoder broke");
            fakes.model.steps.release(100);
            Iterator<AudioChunk> chunks = stream.iterator();
            assertEquals(0, chunks.next().firstFrame());
            DeviceException e = assertThrows(DeviceException.class, chunks::hasNext);
            assertSame(fakes.codec.failure, e.getCause());
        }
    }

    @Test
    void errorOnTheDecodersThreadIsToldToEverybody() throws InterruptedException {
        try (Fakes fakes = stopped(1e6)) {
            SpeechStream stream = speak(fakes, 100);
            step(fakes, 1);
            fakes.codec.error = new OutOfMemoryError("no more direct memory");
            fakes.model.steps.release(100);
            Iterator<AudioChunk> chunks = stream.iterator();
            assertEquals(0, chunks.next().firstFrame());
            DeviceException e = assertThrows(DeviceException.class, chunks::hasNext);
            assertSame(fakes.codec.error, e.getCause());
            assertThrows(DeviceException.class, () -> speak(fakes, 1));
        }
    }
}
