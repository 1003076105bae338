package io.github.qwen3tts.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.internal.engine.FakeLanguageModel.Call;
import io.github.qwen3tts.internal.engine.FakeLanguageModel.Stream;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Speeches of several pieces. The time limit only guards against waiting for ever. */
@Timeout(60)
class PiecesTest {

    private static final int ANY = Integer.MAX_VALUE;
    private static final GenerationOptions OFFICIAL = GenerationOptions.OFFICIAL;
    private static final int PAUSE = SpeechJob.PAUSE_FRAMES * FakeCodecDecoder.SAMPLES_PER_FRAME;

    /** Pieces as they sound alone, with silence between. */
    private static float[] expected(long seed, int... frames) {
        float[] whole = new float[0];
        for (int piece = 0; piece < frames.length; piece++) {
            float[] audio = Fakes.expected(frames[piece], seed);
            int at = whole.length + (piece > 0 ? PAUSE : 0);
            float[] longer = new float[at + audio.length];
            System.arraycopy(whole, 0, longer, 0, whole.length);
            System.arraycopy(audio, 0, longer, at, audio.length);
            whole = longer;
        }
        return whole;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void piecesAreSpokenInOrderWithAPauseBetween(boolean decodesBeside) {
        try (Fakes fakes = new Fakes(new FakeLanguageModel(2), 8, 1e6, decodesBeside)) {
            SpeechStream other = fakes.engine.submit(Fakes.pieces(ANY, 5, OFFICIAL, 30, 2));
            SpeechStream stream = fakes.engine.submit(Fakes.pieces(ANY, 3, OFFICIAL, 7, 20, 0, 1));
            assertArrayEquals(expected(3, 7, 20, 0, 1), Fakes.audio(stream));
            assertArrayEquals(expected(5, 30, 2), Fakes.audio(other));
            fakes.engine.close();
            assertTrue(fakes.model.streams().stream().allMatch(speech -> speech.closings() == 1));
            assertEquals(fakes.codec.opened.get(), fakes.codec.closed.get());
        }
    }

    @Test
    void aPieceBeginsWithItsFirstFrame() {
        try (Fakes fakes = new Fakes()) {
            List<AudioChunk> chunks = Fakes.chunks(fakes.engine.submit(Fakes.pieces(ANY, 3, OFFICIAL, 20, 20)));
            List<Integer> sizes = chunks.stream().map(AudioChunk::frames).toList();
            int pause = sizes.indexOf(SpeechJob.PAUSE_FRAMES);
            assertEquals(sizes.subList(0, pause), sizes.subList(pause + 1, sizes.size()), sizes.toString());
            assertEquals(1, sizes.get(0));
        }
    }

    @Test
    void statsAreOfAllPieces() {
        try (Fakes fakes = new Fakes()) {
            SpeechStream stream = fakes.engine.submit(Fakes.pieces(ANY, 3, OFFICIAL, 7, 20, 5));
            Fakes.audio(stream);
            SynthesisStats stats = stream.stats();
            assertEquals(FinishReason.END_OF_SPEECH, stats.reason());
            assertEquals(7 + 20 + 5 + 2 * SpeechJob.PAUSE_FRAMES, stats.frames());
            assertEquals(stats.frames() * Fakes.FRAME_SECONDS, stats.audioSeconds(), 1e-9);
            assertEquals(7 + 20 + 5, stats.promptTokens());
            assertEquals(3, stats.seed());
        }
    }

    @Test
    void eachPieceDrawsFromAStreamOfItsOwnAndTheFirstAsItDoesAlone() {
        try (Fakes fakes = new Fakes()) {
            Fakes.audio(fakes.engine.submit(Fakes.pieces(ANY, 3, OFFICIAL, 1, 1, 1)));
            Fakes.audio(fakes.speak(1, 3));
            assertEquals(
                    List.of("3/0", "3/1", "3/2", "3/0"),
                    fakes.model.streams().stream()
                            .map(speech -> speech.key.seed() + "/" + speech.key.stream())
                            .toList());
        }
    }

    @Test
    void aPieceThatIsCutOffIsToldAndTheOthersFollow() {
        try (Fakes fakes = new Fakes()) {
            GenerationOptions limited = OFFICIAL.withMaxNewTokens(11);
            SpeechStream stream = fakes.engine.submit(Fakes.pieces(ANY, 3, limited, 4, 20, 6));
            assertArrayEquals(expected(3, 4, 10, 6), Fakes.audio(stream));
            assertEquals(FinishReason.FRAME_LIMIT, stream.stats().reason());
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 6, 0", "9, 9, 0", "12, 9, 0", "13, 9, 1", "17, 9, 5", "1000, 9, 6"})
    void theLimitOfTheWholeEndsAnyPieceAndNoPauseIsTheEnd(int maxFrames, int first, int second) {
        try (Fakes fakes = new Fakes()) {
            SpeechStream stream = fakes.engine.submit(Fakes.pieces(maxFrames, 3, OFFICIAL, 9, 6));
            float[] expected = second == 0 ? expected(3, first) : expected(3, first, second);
            assertArrayEquals(expected, Fakes.audio(stream));
            assertEquals(
                    second == 6 ? FinishReason.END_OF_SPEECH : FinishReason.FRAME_LIMIT,
                    stream.stats().reason());
        }
    }

    @Test
    void closingBetweenPiecesCancelsTheRest() throws InterruptedException {
        try (Fakes fakes = new Fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            SpeechStream stream = fakes.engine.submit(Fakes.pieces(ANY, 3, OFFICIAL, 2, 50, 50));
            Iterator<AudioChunk> chunks = stream.iterator();
            fakes.model.steps.release(4); // two frames, the end, and a frame of the second piece
            int frames = 0;
            while (frames < 2 + SpeechJob.PAUSE_FRAMES + 1) {
                frames += chunks.next().frames();
            }
            stream.close();
            fakes.model.steps.release(1);
            for (Stream speech : fakes.model.streams()) {
                speech.awaitClosed();
            }
            assertEquals(2, fakes.model.streams().size(), "the third piece never begins");
            assertEquals(FinishReason.CANCELLED, stream.stats().reason());
        }
    }

    @Test
    void aSlowReaderPausesThePiecesToo() {
        try (Fakes fakes = new Fakes(new FakeLanguageModel(1), 8, 2 * Fakes.FRAME_SECONDS)) {
            assertArrayEquals(
                    expected(3, 9, 9, 9), Fakes.audio(fakes.engine.submit(Fakes.pieces(ANY, 3, OFFICIAL, 9, 9, 9))));
        }
    }

    @Test
    void aFailureOfALaterPieceReachesTheReaderAfterWhatWasSpoken() {
        FakeLanguageModel model = new FakeLanguageModel(1).stopped();
        try (Fakes fakes = new Fakes(model, 8, 1e6)) {
            SpeechStream stream = fakes.engine.submit(Fakes.pieces(ANY, 3, OFFICIAL, 2, 2));
            Iterator<AudioChunk> chunks = stream.iterator();
            model.steps.release(1);
            assertEquals(0, chunks.next().firstFrame());
            model.fail(Call.BEGIN, 3, new IllegalStateException("no room"));
            model.steps.release(10);
            int frames = 1;
            for (int next = 2 + SpeechJob.PAUSE_FRAMES; frames < next; ) {
                frames += chunks.next().frames();
            }
            assertThrows(DeviceException.class, chunks::hasNext);
            assertEquals(fakes.codec.opened.get(), fakes.codec.closed.get());
        }
    }
}
