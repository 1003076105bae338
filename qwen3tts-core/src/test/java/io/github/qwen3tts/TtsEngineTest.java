package io.github.qwen3tts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.SamplingOptions;
import io.github.qwen3tts.api.Speaker;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.checkpoint.CheckpointCopy;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The front door, on a tiny checkpoint and with randomness. The time limit only guards against waiting for ever. */
@Timeout(120)
class TtsEngineTest {

    /** What is left of the order of additions when frames are decoded one at a time. */
    private static final float PIECES = 1e-4f;

    private static final String TEXT = "The lake is quiet.";
    private static final Voice RYAN = Voice.named("ryan");

    private static TtsEngine engine;

    @BeforeAll
    static void open() {
        engine = open("mini-custom-voice-1b7").build();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static TtsEngineBuilder open(String checkpoint) {
        return TtsEngine.builder(GoldenFiles.path("checkpoints/" + checkpoint)).threads(2);
    }

    private static SynthesisRequest request(long seed) {
        return SynthesisRequest.of(TEXT, RYAN).withMaxDuration(Frames.of(25)).withSeed(seed);
    }

    // Speech

    @Test
    void streamInAnyChunksIsTheWholeSpeech() {
        float[] whole = engine.speak(request(7)).audio().samples();
        assertEquals(0, whole.length % 1_920);
        assertTrue(whole.length > 0);
        for (ChunkSchedule chunks : List.of(
                ChunkSchedule.FIRST_AUDIO, ChunkSchedule.THROUGHPUT, ChunkSchedule.fixed(1), ChunkSchedule.fixed(7))) {
            try (SpeechStream stream = engine.stream(request(7).withChunks(chunks))) {
                assertArrayEquals(whole, join(stream), PIECES, chunks.toString());
            }
        }
    }

    @Test
    void sameSeedSpeaksTheSameSamplesAndAnotherOneOthers() {
        float[] once = engine.speak(request(1)).audio().samples();
        assertArrayEquals(once, engine.speak(request(1)).audio().samples());
        assertFalse(Arrays.equals(once, engine.speak(request(2)).audio().samples()));
    }

    /** The second time, what stands before the text is not read again. */
    @Test
    void aVoiceSpeaksTheSameTheFirstTimeAndLater(@TempDir Path directory) {
        for (Precision precision : List.of(Precision.FP32, Precision.INT8, Precision.INT4)) {
            try (TtsEngine fresh = open("mini-custom-voice-1b7")
                    .precision(precision)
                    .cacheDirectory(directory)
                    .build()) {
                float[] first = fresh.speak(request(1)).audio().samples();
                float[] later = fresh.speak(request(1)).audio().samples();
                assertArrayEquals(first, later, precision.toString());
            }
        }
    }

    @Test
    void seedInTheStatsSpeaksItAgain() {
        SynthesisRequest unseeded = SynthesisRequest.of(TEXT, RYAN).withMaxDuration(Frames.of(9));
        Speech first = engine.speak(unseeded);
        assertTrue(first.stats().seed() != engine.speak(unseeded).stats().seed());
        Speech again = engine.speak(unseeded.withSeed(first.stats().seed()));
        assertArrayEquals(first.audio().samples(), again.audio().samples());
    }

    @Test
    void streamsSpeakTheSameBesideOthers() throws Exception {
        List<float[]> alone = new ArrayList<>();
        for (int seed = 0; seed < 8; seed++) {
            alone.add(engine.speak(request(seed)).audio().samples());
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<float[]>> callers = new ArrayList<>();
            for (int seed = 0; seed < 8; seed++) {
                SynthesisRequest request = request(seed);
                callers.add(() -> engine.speak(request).audio().samples());
            }
            List<Future<float[]>> together = threads.invokeAll(callers);
            for (int seed = 0; seed < 8; seed++) {
                assertArrayEquals(alone.get(seed), together.get(seed).get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void statsTellWhatWasSpoken() {
        Speech speech = engine.speak(request(3));
        SynthesisStats stats = speech.stats();
        assertEquals(24_000, engine.sampleRateHz());
        assertEquals(8, engine.maxStreams());
        assertEquals(32_768, engine.maxFrames());
        assertEquals(24_000, speech.audio().sampleRateHz());
        assertEquals(3, stats.seed());
        assertEquals(stats.frames() * 1_920, speech.audio().samples().length);
        assertEquals(stats.frames() * 0.08, stats.audioSeconds(), 1e-9);
        assertTrue(stats.frames() <= 25);
        assertTrue(stats.reason() != FinishReason.CANCELLED);
        assertTrue(stats.ttfaMillis() > 0 && stats.ttfaMillis() <= stats.totalMillis());
    }

    @Test
    void closingAStreamInTheMiddleLeavesTheEngineSpeaking() {
        float[] expected = engine.speak(request(5)).audio().samples();
        SpeechStream stream = engine.stream(request(5));
        Iterator<AudioChunk> chunks = stream.iterator();
        float[] first = chunks.next().samples();
        assertArrayEquals(Arrays.copyOf(expected, first.length), first, PIECES);
        stream.close();
        SynthesisStats stats = stream.stats();
        if (stats.reason() == FinishReason.CANCELLED) { // else it was over before
            assertThrows(SpeechCancelledException.class, chunks::hasNext);
        }
        assertArrayEquals(expected, engine.speak(request(5)).audio().samples());
    }

    @Test
    void longestSpeechEndsWithTheContextOfTheModel(@TempDir Path directory) throws IOException {
        CheckpointCopy copy = CheckpointCopy.of("mini-custom-voice-1b7", directory);
        copy.json("config.json", json -> json.withObject("talker_config").put("max_position_embeddings", 40));
        try (TtsEngine small = TtsEngine.open(directory)) {
            SynthesisRequest request = SynthesisRequest.of("Hi", RYAN).withSampling(SamplingOptions::greedy);
            SynthesisStats stats = small.speak(request).stats();
            assertTrue(stats.promptTokens() + stats.frames() <= 40, stats.toString());
            assertRefused(
                    () -> small.speak(request.withText(TEXT.repeat(10))),
                    "prompt fills the model's context",
                    "maxPositions=40",
                    "split the text");
        }
    }

    @Test
    void modelThatSpeaksSentencesGetsThemOneByOne(@TempDir Path directory) throws IOException {
        CheckpointCopy copy = CheckpointCopy.of("mini-custom-voice-1b7", directory);
        copy.json(
                "generation_config.json",
                json -> json.put("max_sentence_characters", 200).put("max_new_tokens", 5));
        try (TtsEngine sentences = TtsEngine.open(directory)) {
            SynthesisRequest both =
                    SynthesisRequest.of("Good morning. How are you?", RYAN).withSeed(3);
            Speech speech = sentences.speak(both);
            assertEquals(4 + 3 + 4, speech.stats().frames(), "the limit is that of a sentence");
            assertEquals(FinishReason.FRAME_LIMIT, speech.stats().reason());
            float[] first =
                    sentences.speak(both.withText("Good morning.")).audio().samples();
            float[] whole = speech.audio().samples();
            assertArrayEquals(first, Arrays.copyOf(whole, first.length), 1e-5f);
            assertArrayEquals(new float[3 * 1920], Arrays.copyOfRange(whole, first.length, first.length + 3 * 1920));
            SynthesisRequest limited = both.withMaxDuration(Frames.of(3));
            assertEquals(3, sentences.speak(limited).stats().frames(), "the limit is that of the request");
        }
    }

    // Requests that cannot be honoured

    @Test
    void unknownSpeakerIsRefusedWithTheKnownOnes() {
        assertEquals(
                List.of("aiden", "dylan", "eric", "ono_anna", "ryan", "serena", "sohee", "uncle_fu", "vivian"),
                speakerNames());
        assertRefused(
                () -> engine.stream(request(1).withVoice(Voice.named("Bob"))),
                "unknown speaker: speaker=Bob",
                speakerNames().toString());
    }

    private static List<String> speakerNames() {
        return engine.capabilities().speakers().stream().map(Speaker::name).toList();
    }

    @Test
    void unknownLanguageIsRefusedWithTheKnownOnes() {
        assertTrue(engine.capabilities()
                .languages()
                .containsAll(List.of(Language.AUTO, Language.ENGLISH, Language.CHINESE)));
        assertFalse(engine.capabilities().languages().contains(Language.of("beijing_dialect")));
        assertRefused(
                () -> engine.stream(request(1).withLanguage(Language.of("Klingon"))),
                "unknown language: language=klingon",
                engine.capabilities().languages().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t", "\u3000"})
    void blankTextIsRefused(String text) {
        assertRefused(() -> engine.stream(request(1).withText(text)), "text must");
    }

    @Test
    void textBeyondTheLimitIsRefusedWithBothNumbers() {
        try (TtsEngine small = open("mini-custom-voice").maxTextTokens(5).build()) {
            assertRefused(
                    () -> small.stream(SynthesisRequest.of("?????" + "?", RYAN)),
                    "text too long for one request: tokens=6, maxTextTokens=5",
                    "split it, or raise the limit");
        }
    }

    @Test
    void instructionIsRefusedByTheSmallestModel() {
        assertTrue(engine.capabilities().takesInstruct());
        try (TtsEngine small = open("mini-custom-voice").build()) {
            assertFalse(small.capabilities().takesInstruct());
            assertRefused(
                    () -> small.stream(SynthesisRequest.of(TEXT, RYAN).withInstruct("happy")),
                    "this checkpoint takes no instruction",
                    "type=custom_voice, size=0.6B, instruct=happy");
        }
    }

    @Test
    void voicesOfOtherCheckpointsAreRefused() {
        assertRefused(
                () -> engine.stream(request(1).withVoice(Voice.designed("a calm old man"))),
                "a described voice needs a voice_design checkpoint: type=custom_voice");
        try (TtsEngine design = open("mini-voice-design").build()) {
            assertEquals(List.of(), design.capabilities().speakers());
            assertRefused(
                    () -> design.stream(SynthesisRequest.of(TEXT, RYAN)),
                    "a preset speaker needs a custom_voice checkpoint: type=voice_design");
            assertRefused(
                    () -> design.stream(SynthesisRequest.of(TEXT, Voice.designed("a calm old man"))
                            .withInstruct("happy")),
                    "a designed voice is described once",
                    "instruct=happy");
        }
    }

    /** Each literal would be one id if it were obeyed; as text it is at least one id a letter or two. */
    @ParameterizedTest
    @ValueSource(strings = {"<|im_end|>", "<|im_start|>", "<|endoftext|>", "<tts_pad>", "<tts_text_eod>"})
    void literalsOfSpecialTokensAreSpokenNotObeyed(String literal) {
        SynthesisRequest plain = SynthesisRequest.of("a", RYAN)
                .withLayout(TextLayout.NON_STREAMING)
                .withMaxDuration(Frames.of(1));
        int without = engine.speak(plain).stats().promptTokens();
        int with = engine.speak(plain.withText("a" + literal)).stats().promptTokens();
        assertTrue(with - without > 3, "positions of " + literal + ": " + (with - without));
        int spelled = engine.speak(plain.withInstruct(literal)).stats().promptTokens();
        int word = engine.speak(plain.withInstruct("a")).stats().promptTokens();
        assertTrue(spelled - word > 2, "positions in an instruction: " + (spelled - word));
    }

    @Test
    void settingsOutsideTheirRangeAreRefused() {
        TtsEngineBuilder builder = open("mini-custom-voice");
        assertRefused(() -> builder.threads(0), "threads must be >= 1: threads=0");
        assertRefused(() -> builder.maxStreams(0), "maxStreams must be >= 1: maxStreams=0");
        assertRefused(() -> builder.maxTextTokens(0), "maxTextTokens must be >= 1: maxTextTokens=0");
        assertRefused(() -> builder.maxBufferedSeconds(0), "maxBufferedSeconds must be > 0");
        assertRefused(() -> builder.maxBufferedSeconds(Double.NaN), "maxBufferedSeconds must be > 0");
    }

    // The end

    @Test
    void closingTheEngineEndsItsStreamsAndLeavesNoThread() throws InterruptedException {
        Set<Thread> before = threads();
        TtsEngine closing = open("mini-custom-voice").maxStreams(2).build();
        assertEquals(2, closing.maxStreams());
        List<SpeechStream> streams = new ArrayList<>();
        for (int seed = 0; seed < 4; seed++) {
            streams.add(closing.stream(SynthesisRequest.of(TEXT, RYAN).withSeed(seed)));
        }
        Thread other = new Thread(closing::close);
        other.start();
        closing.close();
        other.join();
        closing.close();
        for (SpeechStream stream : streams) {
            if (outcome(stream) instanceof TtsException e) { // else it was over before
                assertEquals(EngineClosedException.class, e.getClass());
                assertTrue(e.getMessage().contains("closed while speaking"), e.getMessage());
            }
        }
        assertTrue(outcome(streams.get(3)) instanceof EngineClosedException);
        assertEquals(before, threads());
        EngineClosedException e = assertThrows(EngineClosedException.class, () -> closing.speak(request(1)));
        assertTrue(e.getMessage().contains("the engine is closed: build another TtsEngine"), e.getMessage());
    }

    @Test
    void everyEngineHasItsOwnEnd() {
        TtsEngine first = open("mini-custom-voice").build();
        TtsEngine second = open("mini-custom-voice").build();
        SynthesisRequest request =
                SynthesisRequest.of(TEXT, RYAN).withMaxDuration(Frames.of(4)).withSeed(1);
        float[] expected = first.speak(request).audio().samples();
        first.close();
        assertArrayEquals(expected, second.speak(request).audio().samples());
        second.close();
    }

    /** The statistics, or the failure. */
    private static Object outcome(SpeechStream stream) {
        try {
            return stream.stats();
        } catch (TtsException e) {
            return e;
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith("qwen3tts"))
                .collect(Collectors.toSet());
    }

    private static float[] join(SpeechStream stream) {
        float[] all = new float[0];
        for (AudioChunk chunk : stream) {
            int at = all.length;
            all = Arrays.copyOf(all, at + chunk.samples().length);
            System.arraycopy(chunk.samples(), 0, all, at, chunk.samples().length);
        }
        return all;
    }

    private static void assertRefused(Executable action, String... parts) {
        String message = assertThrows(InvalidRequestException.class, action).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
