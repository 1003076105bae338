package io.github.qwen3tts;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.CacheDirectory;
import io.github.qwen3tts.internal.runtime.cuda.Cuda;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.CudaOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code CHECKPOINT CACHE}: an engine on a GPU, from its builder to its end, beside one on the CPU. */
final class CudaEngineProgram {

    /** Of the GPU it has to run on. */
    static final int MEMORY_MIB = 600;

    /** Of a stream of the engine that is filled. */
    static final int MAX_FRAMES = Soak.on() ? 50 : 30;

    private static final float NEAR = 2e-4f;

    /** No draw of these comes so near a border between codes that the last bits of a score decide. */
    private static final long FIRST_SEED = 3;

    private CudaEngineProgram() {}

    public static void main(String[] args) {
        Path checkpoint = Path.of(args[0]);
        TtsEngineBuilder card = TtsEngine.builder(checkpoint)
                .threads(2)
                .maxStreams(3)
                .maxFrames(200)
                .maxTextTokens(100)
                .maxBufferedSeconds(0.1)
                .cacheDirectory(Path.of(args[1]));
        List<float[]> expected = new ArrayList<>();
        try (TtsEngine engine = TtsEngine.builder(checkpoint)
                .threads(2)
                .precision(Precision.FP32)
                .build()) {
            for (int seed = 0; seed < 3; seed++) {
                expected.add(engine.speak(request(engine, seed)).audio().samples());
            }
        }

        refused("no such card", card.device("cuda:3"));
        refused("too many streams", card.device("cuda").maxStreams(65));
        refused("too little memory", card.maxStreams(64).maxTextTokens(400_000));
        say("bytes in use " + bytesInUse());

        littleMemory(checkpoint, Path.of(args[1]));
        aCardThatDoesNotOpen(card.maxStreams(3).maxTextTokens(100));
        say("bytes in use " + bytesInUse());

        try (TtsEngine engine =
                card.maxStreams(3).maxTextTokens(100).device(Device.AUTO).build()) {
            say("auto is " + engine.device());
            alone(engine, expected);
            together(engine, expected);
            besideAStreamNobodyReads(engine, expected);
        }
        say("bytes in use " + bytesInUse());

        for (Precision precision : Soak.sweep(1, List.of(Precision.BF16, Precision.INT8, Precision.INT4))
                .toList()) {
            try (TtsEngine engine =
                    card.precision(precision).maxFrames(MAX_FRAMES).build()) {
                int samples = engine.speak(request(engine, 0)).audio().samples().length;
                say(precision.talker() + (samples > 0 ? " spoke" : " was silent"));
                if (precision == Precision.BF16) {
                    roomOfAStream(engine);
                }
            }
        }
        say("done");
    }

    /** Texts so long that the room for them decides: nothing else of a toy takes memory. */
    private static void littleMemory(Path checkpoint, Path cache) {
        TtsEngineBuilder unasked = TtsEngine.builder(checkpoint).threads(2).cacheDirectory(cache);
        int rows = 400_000; // 102 MB a stream: the driver's share left, 2 fit but not 4
        try (TtsEngine engine = unasked.maxTextTokens(rows).device("cuda").build()) {
            say("unasked: " + engine.maxStreams() + " streams");
        }
        try (TtsEngine engine =
                unasked.maxTextTokens(10 * rows).device(Device.AUTO).build()) {
            say("auto with too little memory is " + engine.device());
        }
    }

    private static void aCardThatDoesNotOpen(TtsEngineBuilder card) {
        String before = System.setProperty("qwen3tts.cubins", "/no/kernels/here");
        try (TtsEngine engine = card.device(Device.AUTO).build()) {
            say("auto without kernels is " + engine.device());
        } finally {
            System.setProperty("qwen3tts.cubins", before);
        }
    }

    private static SynthesisRequest request(TtsEngine engine, long seed) {
        return SynthesisRequest.of("The lake is quiet.", Voice.named("ryan"))
                .withMaxDuration(Frames.of(Soak.on() ? 4 + 3 * (int) seed : 3 + 2 * (int) seed))
                .withSeed(FIRST_SEED + seed);
    }

    private static void refused(String what, TtsEngineBuilder builder) {
        try (TtsEngine engine = builder.build()) {
            say(what + " NOT REFUSED: " + engine);
        } catch (TtsException e) {
            say(what + " refused: " + e.getMessage());
        }
    }

    private static long bytesInUse() {
        try (CudaDevice device = Cuda.open(CudaOptions.of(0, CacheDirectory.ofUser()))) {
            return device.properties().totalBytes() - device.freeBytes();
        }
    }

    private static void alone(TtsEngine engine, List<float[]> expected) {
        for (int seed = 0; seed < expected.size(); seed++) {
            float[] spoken = engine.speak(request(engine, seed)).audio().samples();
            say("alone " + seed + ": " + compare(expected.get(seed), spoken, NEAR));
        }
    }

    /** Chunks of one frame and of many, so that chunks of several streams are due in one round. */
    private static void together(TtsEngine engine, List<float[]> expected) {
        List<SpeechStream> streams = new ArrayList<>();
        List<List<AudioChunk>> heard = new ArrayList<>();
        for (int seed = 0; seed < expected.size(); seed++) {
            ChunkSchedule chunks = seed == 2 ? ChunkSchedule.fixed(4) : ChunkSchedule.fixed(1);
            streams.add(engine.stream(request(engine, seed).withChunks(chunks)));
            heard.add(new ArrayList<>());
        }
        List<Thread> readers = new ArrayList<>();
        for (int seed = 0; seed < expected.size(); seed++) {
            SpeechStream stream = streams.get(seed);
            List<AudioChunk> chunks = heard.get(seed);
            Thread reader = new Thread(() -> stream.forEach(chunks::add));
            reader.start();
            readers.add(reader);
        }
        for (int seed = 0; seed < expected.size(); seed++) {
            join(readers.get(seed));
            streams.get(seed).close();
            say("together " + seed + ": " + compare(expected.get(seed), joined(heard.get(seed)), NEAR));
        }
    }

    /** Its buffer is full after a frame or two; the others speak on, and it goes on where it was. */
    private static void besideAStreamNobodyReads(TtsEngine engine, List<float[]> expected) {
        try (SpeechStream slow = engine.stream(request(engine, 2).withChunks(ChunkSchedule.fixed(1)))) {
            float[] spoken = engine.speak(request(engine, 1)).audio().samples();
            say("beside a slow one: " + compare(expected.get(1), spoken, NEAR));
            List<AudioChunk> chunks = new ArrayList<>();
            slow.forEach(chunks::add);
            say("slow: " + compare(expected.get(2), joined(chunks), NEAR));
        }
    }

    private static void roomOfAStream(TtsEngine engine) {
        SynthesisRequest endless = SynthesisRequest.of("The lake is quiet.", Voice.named("ryan"))
                .withMaxDuration(Frames.of(999))
                .withSeed(1);
        try (SpeechStream stream = engine.stream(endless)) {
            stream.forEach(chunk -> {});
            SynthesisStats stats = stream.stats();
            say("endless: " + stats.reason() + " at position " + (stats.promptTokens() + stats.frames()));
        }
        try {
            engine.speak(SynthesisRequest.of("The lake is quiet. ".repeat(10), Voice.named("ryan")));
            say("a long prompt NOT REFUSED");
        } catch (TtsException e) {
            say("a long prompt refused: " + e.getMessage());
        }
    }

    private static float[] joined(List<AudioChunk> chunks) {
        int length = chunks.stream().mapToInt(chunk -> chunk.samples().length).sum();
        float[] all = new float[length];
        int at = 0;
        for (AudioChunk chunk : chunks) {
            System.arraycopy(chunk.samples(), 0, all, at, chunk.samples().length);
            at += chunk.samples().length;
        }
        return all;
    }

    private static String compare(float[] expected, float[] actual, float tolerance) {
        if (expected.length == 0 || expected.length != actual.length) {
            return "lengths differ: " + expected.length + ", " + actual.length;
        }
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(expected[i] - actual[i]) <= tolerance)) {
                return "differs at " + i + ": " + expected[i] + ", " + actual[i] + ", "
                        + Arrays.mismatch(expected, actual);
            }
        }
        return "equal";
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
