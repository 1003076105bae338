package io.github.qwen3tts.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.Soak;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.DeviceLostException;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.OverloadedException;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.internal.engine.FakeLanguageModel.Call;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The frame loop over fakes. The time limit only guards against waiting for ever. */
@Timeout(60)
class SpeechEngineTest {

    /** Whether a thread of its own decodes. */
    boolean decodesBeside() {
        return false;
    }

    private Fakes fakes(FakeLanguageModel model, int maxStreams, double maxBufferedSeconds) {
        return new Fakes(model, maxStreams, maxBufferedSeconds, decodesBeside());
    }

    private Fakes fakes() {
        return fakes(new FakeLanguageModel(1), 8, 1e6);
    }

    // Chunks

    @ParameterizedTest
    @CsvSource({
        "1, 2, 8, 20, '1 2 4 8 5'",
        "1, 1, 1, 3, '1 1 1'",
        "12, 1, 12, 30, '12 12 6'",
        "2, 1.5, 100, 14, '2 3 5 4'",
        "5, 3, 7, 20, '5 7 7 1'",
        "4, 1, 4, 4, '4'",
        "4, 1, 4, 3, '3'"
    })
    void chunksFollowTheSchedule(int first, double growth, int max, int frames, String sizes) {
        try (Fakes fakes = fakes()) {
            SpeechStream stream = fakes.engine.submit(Fakes.job(frames, 1, ChunkSchedule.growing(first, growth, max)));
            List<Integer> actual =
                    Fakes.chunks(stream).stream().map(AudioChunk::frames).toList();
            assertEquals(Arrays.stream(sizes.split(" ")).map(Integer::valueOf).toList(), actual);
        }
    }

    @Test
    void audioIsTheSameHoweverItIsCut() {
        try (Fakes fakes = fakes()) {
            float[] expected = Fakes.expected(50, 7);
            for (ChunkSchedule chunks : List.of(
                    ChunkSchedule.FIRST_AUDIO,
                    ChunkSchedule.THROUGHPUT,
                    ChunkSchedule.fixed(1),
                    ChunkSchedule.fixed(50),
                    ChunkSchedule.fixed(51),
                    ChunkSchedule.growing(3, 1.3, 9))) {
                assertArrayEquals(expected, Fakes.audio(fakes.engine.submit(Fakes.job(50, 7, chunks))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void audioIsTheSameBesideOtherStreams(int maxBatch) throws Exception {
        try (Fakes fakes = fakes(new FakeLanguageModel(maxBatch), 8, 1e6)) {
            List<Callable<float[]>> readers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int frames = 10 + 7 * i;
                SpeechStream stream = fakes.speak(frames, i);
                readers.add(() -> Fakes.audio(stream));
            }
            List<float[]> results = inParallel(readers);
            for (int i = 0; i < 8; i++) {
                assertArrayEquals(Fakes.expected(10 + 7 * i, i), results.get(i));
            }
            assertTrue(fakes.model.batches().stream().allMatch(size -> size <= maxBatch));
        }
    }

    @Test
    void streamsAreSteppedTogetherAsFarAsTheModelGainsFromIt() throws InterruptedException {
        try (Fakes fakes = fakes(new FakeLanguageModel(3).stopped(), 8, 1e6)) {
            List<SpeechStream> streams = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                streams.add(fakes.speak(5, i));
            }
            fakes.model.steps.release(1_000);
            streams.forEach(Fakes::audio);
            assertTrue(fakes.model.batches().contains(3), fakes.model.batches().toString());
        }
    }

    /** Chunks of one frame before those of two, each length in one call. */
    @Test
    void chunksThatAreDueTogetherAreDecodedTogetherShortestFirst() {
        try (Fakes fakes = fakes(new FakeLanguageModel(4).stopped(), 8, 1e6)) {
            fakes.speak(0, 9); // may stand in its only step when the others arrive, which then begin together
            List<SpeechStream> streams = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ChunkSchedule chunks = ChunkSchedule.fixed(i % 2 == 0 ? 2 : 1);
                streams.add(fakes.engine.submit(Fakes.job(6, i, chunks)));
            }
            fakes.model.steps.release(1_000);
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(Fakes.expected(6, i), Fakes.audio(streams.get(i)));
            }
            List<List<Integer>> calls = fakes.codec.calls();
            int both = calls.indexOf(List.of(2, 2));
            assertTrue(both > 0, calls.toString());
            assertEquals(List.of(1, 1), calls.get(both - 1), calls.toString());
        }
    }

    @Test
    void anotherSeedSpeaksOtherwise() {
        try (Fakes fakes = fakes()) {
            float[] one = Fakes.audio(fakes.speak(10, 1));
            assertArrayEquals(one, Fakes.audio(fakes.speak(10, 1)));
            assertFalse(Arrays.equals(one, Fakes.audio(fakes.speak(10, 2))));
        }
    }

    @Test
    void speechWithoutAFrameHasNoAudio() {
        try (Fakes fakes = fakes()) {
            SpeechStream stream = fakes.speak(0, 1);
            assertEquals(List.of(), Fakes.chunks(stream));
            SynthesisStats stats = stream.stats();
            assertEquals(FinishReason.END_OF_SPEECH, stats.reason());
            assertTrue(Double.isNaN(stats.ttfaMillis()));
            assertTrue(Double.isNaN(stats.rtf()));
        }
    }

    // Ends

    @Test
    void statsTellWhatTheSpeechCameTo() {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            SpeechStream stream = fakes.engine.submit(Fakes.job(20, 11, ChunkSchedule.FIRST_AUDIO));
            assertThrows(IllegalStateException.class, stream::stats);
            fakes.model.steps.release(100);
            Fakes.audio(stream);
            SynthesisStats stats = stream.stats();
            assertEquals(FinishReason.END_OF_SPEECH, stats.reason());
            assertEquals(11, stats.seed());
            assertEquals(20, stats.frames());
            assertEquals(20, stats.promptTokens());
            assertEquals(20 * Fakes.FRAME_SECONDS, stats.audioSeconds(), 1e-9);
            assertTrue(stats.ttfaMillis() > 0 && stats.ttfaMillis() <= stats.totalMillis(), stats.toString());
            assertTrue(stats.computeMillis() > 0 && stats.computeMillis() <= stats.totalMillis(), stats.toString());
            assertEquals(stats.computeMillis() / 1000 / stats.audioSeconds(), stats.rtf(), 1e-12);
        }
    }

    @Test
    void limitOfFramesIsNotReportedAsTheEndOfSpeech() {
        try (Fakes fakes = fakes()) {
            GenerationOptions limited = GenerationOptions.OFFICIAL.withMaxNewTokens(6);
            SpeechStream stream = fakes.engine.submit(Fakes.job(20, 1, ChunkSchedule.fixed(2), limited, new int[0]));
            assertEquals(5, Fakes.audio(stream).length / FakeCodecDecoder.SAMPLES_PER_FRAME);
            assertEquals(FinishReason.FRAME_LIMIT, stream.stats().reason());
            assertEquals(5, stream.stats().frames());
        }
    }

    @Test
    void endIsSeenAgainAndAgain() {
        try (Fakes fakes = fakes()) {
            SpeechStream stream = fakes.speak(1, 1);
            Iterator<AudioChunk> chunks = stream.iterator();
            assertTrue(chunks.hasNext());
            assertTrue(chunks.hasNext());
            chunks.next();
            assertFalse(chunks.hasNext());
            assertFalse(chunks.hasNext());
            assertThrows(NoSuchElementException.class, chunks::next);
            SynthesisStats stats = stream.stats();
            stream.close();
            assertSame(stats, stream.stats());
        }
    }

    @Test
    void streamIsReadOnce() {
        try (Fakes fakes = fakes()) {
            SpeechStream stream = fakes.speak(3, 1);
            stream.iterator();
            assertThrows(IllegalStateException.class, stream::iterator);
        }
    }

    // Failures

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"BEGIN", "STEP"})
    void failureOfTheModelReachesItsReaderOnly(Call call) {
        try (Fakes fakes = fakes()) {
            IllegalStateException failure = new IllegalStateException("the model broke");
            fakes.model.fail(call, 13, failure);
            SpeechStream other = fakes.speak(5, 1);
            SpeechStream stream = fakes.speak(5, 13);
            DeviceException e = assertThrows(DeviceException.class, () -> Fakes.audio(stream));
            assertSame(failure, e.getCause());
            assertTrue(e.getMessage().contains("the model broke"), e.getMessage());
            assertSame(e, assertThrows(DeviceException.class, stream::stats));
            assertArrayEquals(Fakes.expected(5, 1), Fakes.audio(other));
            assertArrayEquals(Fakes.expected(5, 2), Fakes.audio(fakes.speak(5, 2)));
        }
    }

    @Test
    void failureOfOneStreamOfABatchLeavesTheOthersSpeaking() {
        try (Fakes fakes = fakes(new FakeLanguageModel(4).stopped(), 8, 1e6)) {
            DeviceException failure = new DeviceException("logits are not finite");
            fakes.model.fail(Call.PROGRESS, 13, failure);
            SpeechStream one = fakes.speak(7, 1);
            SpeechStream failing = fakes.speak(7, 13);
            SpeechStream two = fakes.speak(7, 2);
            fakes.model.steps.release(1_000);
            assertArrayEquals(Fakes.expected(7, 1), Fakes.audio(one));
            assertArrayEquals(Fakes.expected(7, 2), Fakes.audio(two));
            assertSame(failure, assertThrows(TtsException.class, () -> Fakes.audio(failing)));
        }
    }

    @Test
    void failureThatIsKnownKeepsItsKind() {
        try (Fakes fakes = fakes()) {
            InvalidRequestException failure = new InvalidRequestException("too long");
            fakes.model.fail(Call.BEGIN, 13, failure);
            assertSame(failure, assertThrows(TtsException.class, () -> Fakes.audio(fakes.speak(5, 13))));
        }
    }

    @Test
    void failureOfTheDecoderReachesTheReaderAfterTheAudioBeforeIt() {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            SpeechStream stream = fakes.speak(5, 1);
            Iterator<AudioChunk> chunks = stream.iterator();
            fakes.model.steps.release();
            assertEquals(0, chunks.next().firstFrame());
            fakes.codec.failure = new IllegalArgumentException("no such code");
            fakes.model.steps.release(10);
            DeviceException e = assertThrows(DeviceException.class, chunks::hasNext);
            assertSame(fakes.codec.failure, e.getCause());
            assertSame(e, assertThrows(DeviceException.class, chunks::hasNext));
        }
    }

    @Test
    void failedStreamGivesItsMemoryBackOnce() throws InterruptedException {
        try (Fakes fakes = fakes()) {
            fakes.model.fail(Call.STEP, 13, new IllegalStateException("the model broke"));
            assertThrows(DeviceException.class, () -> Fakes.audio(fakes.speak(5, 13)));
            FakeLanguageModel.Stream generation = fakes.model.streams().get(0);
            generation.awaitClosed();
            fakes.engine.close();
            assertEquals(1, generation.closings());
            assertEquals(fakes.codec.opened.get(), fakes.codec.closed.get());
        }
    }

    @Test
    void failureWhileClosingAStreamLeavesTheOthersSpeaking() {
        try (Fakes fakes = fakes()) {
            fakes.model.fail(Call.CLOSE, 13, new IllegalStateException("cannot free"));
            SpeechStream stream = fakes.speak(2, 13);
            SpeechStream other = fakes.speak(20, 1);
            assertArrayEquals(Fakes.expected(2, 13), Fakes.audio(stream));
            assertEquals(FinishReason.END_OF_SPEECH, stream.stats().reason());
            assertArrayEquals(Fakes.expected(20, 1), Fakes.audio(other));
            assertArrayEquals(Fakes.expected(3, 2), Fakes.audio(fakes.speak(3, 2)));
            fakes.engine.close();
            assertTrue(fakes.model.streams().stream().allMatch(generation -> generation.closings() == 1));
            assertEquals(fakes.codec.opened.get(), fakes.codec.closed.get());
        }
    }

    @Test
    void errorOnTheEngineThreadIsToldToEverybody() {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            Error failure = new OutOfMemoryError("no more direct memory");
            fakes.model.fail(Call.STEP, 13, failure);
            SpeechStream one = fakes.speak(50, 1);
            SpeechStream broken = fakes.speak(50, 13);
            fakes.model.steps.release(1_000);
            for (SpeechStream stream : List.of(broken, one)) {
                DeviceException e = assertThrows(DeviceException.class, () -> Fakes.audio(stream));
                assertSame(failure, e.getCause());
            }
            DeviceException e = assertThrows(DeviceException.class, () -> fakes.speak(1, 1));
            assertTrue(e.getMessage().contains("no more direct memory"), e.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"BEGIN", "STEP", "PROGRESS"})
    void lostDeviceEndsAllStreamsAndRefusesOthersUntilTheEngineIsClosed(Call call) {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 2, 1e6)) {
            DeviceLostException failure = new DeviceLostException("illegal address");
            fakes.model.fail(call, 13, failure);
            List<SpeechStream> streams = new ArrayList<>();
            for (long seed : new long[] {1, 13, 2, 3}) { // the last two wait for a place
                streams.add(fakes.speak(500, seed));
            }
            fakes.model.steps.release(100_000);
            for (SpeechStream stream : streams) {
                assertSame(failure, assertThrows(DeviceLostException.class, () -> Fakes.audio(stream)));
            }
            DeviceLostException refused = assertThrows(DeviceLostException.class, () -> fakes.speak(1, 1));
            assertSame(failure, refused.getCause());
            assertThrows(DeviceLostException.class, () -> fakes.engine.prepare(new int[FakeLanguageModel.GROUPS]));
            fakes.engine.close();
            assertThrows(EngineClosedException.class, () -> fakes.speak(1, 1));
            assertTrue(fakes.model.streams().stream().allMatch(generation -> generation.closings() == 1));
            assertEquals(fakes.codec.opened.get(), fakes.codec.closed.get());
        }
    }

    @Test
    void deviceThatIsLostWhileDecodingEndsAllStreams() {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            SpeechStream one = fakes.speak(500, 1);
            SpeechStream two = fakes.speak(500, 2);
            fakes.codec.failure = new DeviceLostException("illegal address");
            fakes.model.steps.release(100_000);
            for (SpeechStream stream : List.of(one, two)) {
                assertSame(fakes.codec.failure, assertThrows(DeviceLostException.class, () -> Fakes.audio(stream)));
            }
            assertThrows(DeviceLostException.class, () -> fakes.speak(1, 3));
        }
    }

    // Waiting

    private Fakes waiting(int maxStreams, int maxQueued) {
        return new Fakes(
                new FakeLanguageModel(1).stopped(),
                new SpeechEngine.Limits(maxStreams, maxQueued, 1e6, Fakes.UNLIMITED),
                decodesBeside());
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 2", "3, 1"})
    void streamsBeyondTheLimitsAreRefusedUntilOneEnds(int maxStreams, int maxQueued) {
        try (Fakes fakes = waiting(maxStreams, maxQueued)) {
            List<SpeechStream> streams = new ArrayList<>();
            for (int i = 0; i < maxStreams + maxQueued; i++) {
                streams.add(fakes.speak(3, i));
            }
            OverloadedException refused = assertThrows(OverloadedException.class, () -> fakes.speak(3, 99));
            assertTrue(refused.retryAfter().compareTo(Duration.ofSeconds(1)) >= 0, refused.toString());
            assertTrue(refused.getMessage().contains("maxQueued=" + maxQueued), refused.getMessage());
            assertThrows(OverloadedException.class, fakes.engine::checkAdmission);
            fakes.model.steps.release(100_000);
            for (int i = 0; i < streams.size(); i++) {
                assertArrayEquals(Fakes.expected(3, i), Fakes.audio(streams.get(i)));
            }
            assertArrayEquals(Fakes.expected(3, 99), Fakes.audio(speakWhenThereIsRoom(fakes, 3, 99)));
        }
    }

    /** The reader of a stream hears of its end a moment before its place is free. */
    private static SpeechStream speakWhenThereIsRoom(Fakes fakes, int frames, long seed) {
        while (true) {
            try {
                return fakes.speak(frames, seed);
            } catch (OverloadedException e) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void closingAStreamThatWaitsLeavesItsPlaceToAnotherAtOnce() {
        try (Fakes fakes = waiting(1, 1)) {
            SpeechStream speaking = fakes.speak(3, 1);
            SpeechStream gone = fakes.speak(3, 2);
            assertThrows(OverloadedException.class, () -> fakes.speak(3, 3));
            gone.close();
            SpeechStream instead = fakes.speak(3, 3);
            assertThrows(OverloadedException.class, () -> fakes.speak(3, 4));
            fakes.model.steps.release(100);
            assertArrayEquals(Fakes.expected(3, 1), Fakes.audio(speaking));
            assertArrayEquals(Fakes.expected(3, 3), Fakes.audio(instead));
            assertThrows(SpeechCancelledException.class, () -> Fakes.audio(gone));
            assertEquals(2, fakes.model.streams().size(), "streams begun");
        }
    }

    @Test
    void refusedStreamCostsNoReadingOfItsReference() {
        try (Fakes fakes = waiting(1, 0)) {
            SpeechStream speaking = fakes.speak(3, 1);
            int read = fakes.codec.framesDecoded.get();
            SpeechJob cloned = Fakes.job(
                    3, 2, ChunkSchedule.fixed(1), GenerationOptions.OFFICIAL, new int[5 * FakeLanguageModel.GROUPS]);
            assertThrows(OverloadedException.class, () -> fakes.engine.submit(cloned));
            assertEquals(read, fakes.codec.framesDecoded.get());
            fakes.model.steps.release(100);
            assertArrayEquals(Fakes.expected(3, 1), Fakes.audio(speaking));
        }
    }

    /** One that fails as soon as it begins gives its place back, too. */
    @Test
    void failedStreamsKeepNoPlace() {
        try (Fakes fakes = fakes(new FakeLanguageModel(1), 2, 1e6)) {
            fakes.model.fail(Call.BEGIN, 13, new IllegalStateException("the model broke"));
            for (int i = 0; i < 2_000; i++) { // more than may wait
                assertThrows(DeviceException.class, () -> Fakes.audio(fakes.speak(5, 13)));
            }
            assertArrayEquals(Fakes.expected(5, 1), Fakes.audio(fakes.speak(5, 1)));
        }
    }

    // Cancelling

    @Test
    void closingAStreamEarlyFreesItWithinAFrame() throws InterruptedException {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            SpeechStream stream = fakes.speak(1_000, 1);
            Iterator<AudioChunk> chunks = stream.iterator();
            fakes.model.steps.release(2);
            chunks.next();
            chunks.next();
            stream.close();
            fakes.model.steps.release(100);
            FakeLanguageModel.Stream generation = fakes.model.streams().get(0);
            generation.awaitClosed();
            assertTrue(generation.frames() <= 3, "frames made: " + generation.frames());
            assertEquals(FinishReason.CANCELLED, stream.stats().reason());
            assertEquals(2, stream.stats().frames());
            assertThrows(SpeechCancelledException.class, chunks::hasNext);
            stream.close();
            fakes.engine.close();
            assertEquals(1, generation.closings());
            assertEquals(1, fakes.codec.opened.get());
            assertEquals(1, fakes.codec.closed.get());
        }
    }

    @Test
    void readerOfAStreamThatIsClosedElsewhereWakesUp() throws Exception {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            SpeechStream stream = fakes.speak(10, 1);
            ExecutorService reader = Executors.newSingleThreadExecutor();
            Future<?> waiting = reader.submit(() -> Fakes.audio(stream));
            stream.close();
            Exception e = assertThrows(Exception.class, waiting::get);
            assertEquals(SpeechCancelledException.class, e.getCause().getClass());
            reader.shutdown();
        }
    }

    @Test
    void interruptedReaderClosesItsStreamAndStaysInterrupted() throws Exception {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            SpeechStream stream = fakes.speak(10, 1);
            CountDownLatch reading = new CountDownLatch(1);
            List<Object> seen = new ArrayList<>();
            Thread reader = new Thread(() -> {
                reading.countDown();
                try {
                    Fakes.audio(stream);
                } catch (SpeechCancelledException e) {
                    seen.add(e);
                    seen.add(Thread.currentThread().isInterrupted());
                }
            });
            reader.start();
            reading.await();
            reader.interrupt();
            reader.join();
            assertEquals(
                    InterruptedException.class,
                    ((Exception) seen.get(0)).getCause().getClass());
            assertEquals(true, seen.get(1));
            fakes.model.steps.release(100);
            fakes.model.streams().forEach(generation -> assertTrue(generation.frames() <= 1));
            assertEquals(FinishReason.CANCELLED, stream.stats().reason());
        }
    }

    @Test
    void closingAfterTheEndChangesNothing() {
        try (Fakes fakes = fakes()) {
            SpeechStream stream = fakes.speak(3, 1);
            Fakes.audio(stream);
            stream.close();
            assertEquals(FinishReason.END_OF_SPEECH, stream.stats().reason());
        }
    }

    // Taking turns

    @Test
    void slowReaderPausesItsOwnStreamOnly() throws InterruptedException {
        double twoFrames = 2 * Fakes.FRAME_SECONDS;
        try (Fakes fakes = fakes(new FakeLanguageModel(1), 8, twoFrames - 1e-6)) {
            SpeechStream slow = fakes.speak(100, 1);
            Iterator<AudioChunk> chunks = slow.iterator();
            chunks.next();
            assertArrayEquals(Fakes.expected(200, 2), Fakes.audio(fakes.speak(200, 2)));
            int frames = fakes.model.streams().get(0).frames();
            assertTrue(frames <= 3, "frames made ahead of the reader: " + frames);
            for (int frame = 1; frame < 100; frame++) {
                assertEquals(frame, chunks.next().firstFrame());
            }
            assertFalse(chunks.hasNext());
        }
    }

    @Test
    void streamsBeyondTheLimitWaitForTheirTurn() throws InterruptedException {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 2, 1e6)) {
            List<SpeechStream> streams = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                streams.add(fakes.speak(3, i));
            }
            Iterator<AudioChunk> first = streams.get(0).iterator();
            fakes.model.steps.release(2);
            first.next();
            assertTrue(fakes.model.streams().size() <= 2);
            fakes.model.steps.release(1_000);
            while (first.hasNext()) {
                first.next();
            }
            for (int i = 1; i < 6; i++) {
                assertArrayEquals(Fakes.expected(3, i), Fakes.audio(streams.get(i)));
            }
            assertEquals(
                    List.of(0L, 1L, 2L, 3L, 4L, 5L),
                    fakes.model.streams().stream()
                            .map(generation -> generation.key.seed())
                            .toList());
        }
    }

    @Test
    void waitingStreamTakesTheTurnOfOneThatIsClosed() {
        try (Fakes fakes = fakes(new FakeLanguageModel(1), 1, Fakes.FRAME_SECONDS)) {
            SpeechStream unread = fakes.speak(100, 1);
            SpeechStream waiting = fakes.speak(5, 2);
            while (fakes.model.streams().isEmpty()) {
                Thread.onSpinWait();
            }
            unread.close();
            assertArrayEquals(Fakes.expected(5, 2), Fakes.audio(waiting));
        }
    }

    @Test
    void streamClosedWhileItWaitsNeverBegins() {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 1, 1e6)) {
            SpeechStream first = fakes.speak(3, 1);
            SpeechStream second = fakes.speak(3, 2);
            SpeechStream third = fakes.speak(3, 3);
            second.close();
            fakes.model.steps.release(100);
            Fakes.audio(first);
            Fakes.audio(third);
            assertEquals(
                    List.of(1L, 3L),
                    fakes.model.streams().stream()
                            .map(generation -> generation.key.seed())
                            .toList());
            assertEquals(FinishReason.CANCELLED, second.stats().reason());
        }
    }

    @Test
    void referenceIsReadOnceForAllStreamsOfAVoice() {
        int[] reference = new int[5 * FakeLanguageModel.GROUPS];
        Arrays.setAll(reference, i -> i);
        try (Fakes fakes = fakes()) {
            float[] plain = Fakes.audio(fakes.speak(4, 1));
            float[] first = Fakes.audio(fakes.engine.submit(
                    Fakes.job(4, 1, ChunkSchedule.fixed(1), GenerationOptions.OFFICIAL, reference)));
            float[] second = Fakes.audio(fakes.engine.submit(
                    Fakes.job(4, 1, ChunkSchedule.fixed(4), GenerationOptions.OFFICIAL, reference)));
            assertArrayEquals(first, second);
            assertFalse(Arrays.equals(plain, first));
            assertEquals(3 * 4 + 5, fakes.codec.framesDecoded.get());
            fakes.engine.close();
            assertEquals(fakes.codec.opened.get(), fakes.codec.closed.get());
        }
    }

    // The engine's end

    @Test
    void closingTheEngineEndsAllStreamsAndLeavesNoThread() {
        Set<Thread> threadsBefore = engineThreads();
        Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 2, 1e6);
        List<SpeechStream> streams = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            streams.add(fakes.speak(100, i));
        }
        fakes.model.steps.release(5);
        Thread closer = new Thread(fakes.engine::close);
        closer.start();
        while (closer.getState() != Thread.State.WAITING && closer.isAlive()) {
            Thread.onSpinWait(); // the engine is told; the step it waits in must end before
        }
        fakes.model.steps.release(1_000);
        fakes.engine.close();
        for (SpeechStream stream : streams) {
            TtsException e = assertThrows(EngineClosedException.class, () -> Fakes.audio(stream));
            assertTrue(e.getMessage().contains("closed while speaking"), e.getMessage());
        }
        assertTrue(fakes.model.streams().stream().allMatch(generation -> generation.closings() == 1));
        assertEquals(fakes.codec.opened.get(), fakes.codec.closed.get());
        assertEquals(threadsBefore, engineThreads());
        fakes.close();
        TtsException e = assertThrows(EngineClosedException.class, () -> fakes.speak(1, 1));
        assertTrue(e.getMessage().contains("the engine is closed"), e.getMessage());
        assertThrows(EngineClosedException.class, () -> fakes.engine.prepare(new int[FakeLanguageModel.GROUPS]));
    }

    @Test
    void audioMadeBeforeAFailureCanStillBeRead() {
        try (Fakes fakes = fakes(new FakeLanguageModel(1).stopped(), 2, 1e6)) {
            SpeechStream stream = fakes.speak(100, 1);
            Iterator<AudioChunk> chunks = stream.iterator();
            fakes.model.steps.release(3);
            while (fakes.codec.framesDecoded.get() < 3) {
                Thread.onSpinWait();
            }
            fakes.model.fail(Call.STEP, 1, new IllegalStateException("stop"));
            fakes.model.steps.release(1);
            for (int frame = 0; frame < 3; frame++) {
                assertEquals(frame, chunks.next().firstFrame());
            }
            assertThrows(DeviceException.class, chunks::hasNext);
        }
    }

    @Test
    void interruptedCallerOfCloseStillWaitsForTheEngine() {
        Fakes fakes = fakes();
        SpeechStream stream = fakes.speak(100_000, 1);
        Thread.currentThread().interrupt();
        fakes.engine.close();
        assertTrue(Thread.interrupted());
        assertTrue(fakes.model.streams().stream().allMatch(generation -> generation.closings() == 1));
        assertThrows(TtsException.class, stream::stats);
    }

    // Everything at once

    @Test
    void manyShortSpeechesOfEightThreadsAreAllTheirOwn() throws Exception {
        try (Fakes fakes = fakes(new FakeLanguageModel(3), 4, 3 * Fakes.FRAME_SECONDS)) {
            List<Callable<float[]>> callers = new ArrayList<>();
            for (int caller = 0; caller < 8; caller++) {
                long seed = Soak.seed(0) + caller;
                callers.add(() -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < Soak.cases(150); i++) {
                        int frames = random.nextInt(12);
                        long speechSeed = random.nextInt(1_000);
                        SpeechStream stream = fakes.engine.submit(
                                Fakes.job(frames, speechSeed, ChunkSchedule.growing(1 + random.nextInt(3), 2, 8)));
                        if (random.nextInt(4) == 0) {
                            Iterator<AudioChunk> chunks = stream.iterator();
                            if (random.nextBoolean() && chunks.hasNext()) {
                                chunks.next();
                            }
                            stream.close();
                        } else {
                            assertArrayEquals(
                                    Fakes.expected(frames, speechSeed),
                                    Fakes.audio(stream),
                                    "caller " + seed + ", " + i);
                        }
                    }
                    return new float[0];
                });
            }
            inParallel(callers);
            fakes.engine.close();
            assertTrue(fakes.model.streams().stream().allMatch(generation -> generation.closings() == 1));
            assertEquals(fakes.codec.opened.get(), fakes.codec.closed.get());
        }
    }

    private static Set<Thread> engineThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith("qwen3tts"))
                .collect(Collectors.toSet());
    }

    private static List<float[]> inParallel(List<Callable<float[]>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<float[]> results = new ArrayList<>();
            for (Future<float[]> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
