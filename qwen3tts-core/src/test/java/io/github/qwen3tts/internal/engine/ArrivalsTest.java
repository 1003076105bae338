package io.github.qwen3tts.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.internal.engine.FakeLanguageModel.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets the engine's time when streams arrive together while others speak. */
@Timeout(60) // a guard against an engine that waits for ever
class ArrivalsTest {

    private static Fakes fakes(double maxBufferedSeconds, Duration promptTime) {
        return new Fakes(
                new FakeLanguageModel(8).stopped(),
                new SpeechEngine.Limits(8, 8, maxBufferedSeconds, promptTime),
                false);
    }

    /** How many streams each step has, when one speaks and three arrive during its first step. */
    private static List<Integer> batches(Duration promptTime) throws InterruptedException {
        try (Fakes fakes = fakes(1e6, promptTime)) {
            List<SpeechStream> streams = new ArrayList<>(List.of(fakes.speak(4, 0)));
            awaitFirstStep(fakes);
            for (int seed = 1; seed <= 3; seed++) {
                streams.add(fakes.speak(4, seed));
            }
            fakes.model.steps.release(1_000);
            for (int seed = 0; seed <= 3; seed++) {
                assertArrayEquals(Fakes.expected(4, seed), Fakes.audio(streams.get(seed)));
            }
            return fakes.model.batches().subList(0, 4);
        }
    }

    private static void awaitFirstStep(Fakes fakes) throws InterruptedException {
        while (!fakes.model.steps.hasQueuedThreads()) {
            Thread.sleep(1);
        }
    }

    @Test
    void aStreamThatSpeaksGetsItsFramesBetweenThePromptsOfOthers() throws InterruptedException {
        assertEquals(List.of(1, 2, 3, 4), batches(Duration.ZERO));
    }

    @Test
    void promptsThatTakeNoTimeAreReadTogether() throws InterruptedException {
        assertEquals(List.of(1, 4, 4, 4), batches(Fakes.UNLIMITED));
    }

    /** A prompt that fails, too, has taken its time; who comes after it must not be forgotten. */
    @Test
    void arrivalsDoNotWaitForStreamsThatArePaused() throws InterruptedException {
        try (Fakes fakes = fakes(Fakes.FRAME_SECONDS / 2, Duration.ZERO)) {
            SpeechStream paused = fakes.speak(3, 0);
            awaitFirstStep(fakes);
            fakes.model.fail(Call.BEGIN, 1, new IllegalStateException("stop"));
            SpeechStream failing = fakes.speak(3, 1);
            SpeechStream next = fakes.speak(3, 2);
            fakes.model.steps.release(1_000);
            assertArrayEquals(Fakes.expected(3, 2), Fakes.audio(next));
            assertThrows(DeviceException.class, () -> Fakes.audio(failing));
            assertArrayEquals(Fakes.expected(3, 0), Fakes.audio(paused));
        }
    }
}
