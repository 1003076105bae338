package io.github.qwen3tts.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.Soak;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.model.CodecDecoder.Piece;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.model.LanguageModel.Generation;
import io.github.qwen3tts.internal.model.LanguageModel.Progress;
import io.github.qwen3tts.internal.model.LanguageModel.RandomKey;
import io.github.qwen3tts.internal.model.OrtLanguageModel;
import io.github.qwen3tts.internal.model.TensorListener;
import io.github.qwen3tts.internal.model.cuda.CudaCodecDecoder;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.cuda.HostDevice;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.sample.Sampling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole frames on the CUDA engine, kernel by kernel in the product's launch order, on the host's stand-in for a GPU:
 * codes have to equal the original model's, audio has to be as near as that of any fp32 build.
 */
class CudaGoldenTest {

    private static final Path ROOT = Path.of("src/test/resources/golden");
    private static final String SHORT = "mini-base/en-icl-streaming-text-longer";

    private HostDevice device;

    @TempDir
    private Path cache;

    @BeforeEach
    void open() {
        device = HostDevice.start();
    }

    @AfterEach
    void close() {
        if (device != null) {
            device.close();
        }
    }

    private static GoldenCase golden(String path) throws IOException {
        return GoldenCase.read(ROOT, path, "tts");
    }

    private CudaChecks checks(Precision precision, int maxStreams) {
        return new CudaChecks(device, precision, cache, maxStreams);
    }

    private static void assertPassed(Report report) {
        report.lines().forEach(System.out::println);
        assertTrue(report.passed());
    }

    @TestFactory
    Stream<DynamicTest> speaksAsTheOriginalModel() {
        return Soak.sweep(
                        1,
                        List.of(
                                SHORT,
                                "mini-custom-voice/en-auto-vivian-streaming",
                                "mini-custom-voice-1b7/zh-dialect-instruct-nonstreaming",
                                "mini-voice-design/ru-instruct-streaming",
                                "mini-base/zh-xvector-stereo-streaming"))
                .map(path -> DynamicTest.dynamicTest(path, () -> speaks(path, Precision.FP32)));
    }

    private void speaks(String path, Precision precision) throws IOException {
        Report report = new Report();
        try (CudaChecks checks = checks(precision, 1)) {
            checks.run(golden(path), report);
        }
        assertPassed(report);
    }

    /** The checkpoints are stored as bf16, so nothing is lost by it; prompts go through the tensor cores then. */
    @TestFactory
    Stream<DynamicTest> bf16WeightsSpeakTheSame() {
        return Soak.sweep(
                        1,
                        List.of(
                                "mini-base/zh-xvector-stereo-streaming",
                                "mini-custom-voice-1b7/en-instruct-streaming",
                                "mini-custom-voice-1b7/zh-dialect-instruct-nonstreaming",
                                SHORT))
                .map(path -> DynamicTest.dynamicTest(path, () -> speaks(path, Precision.BF16)));
    }

    @Test
    void streamsSteppedTogetherSpeakAsAlone() throws IOException {
        List<GoldenCase> cases = List.of(
                golden("mini-custom-voice/en-english-eric-streaming"),
                golden("mini-custom-voice/one-token-nonstreaming"),
                golden("mini-custom-voice/en-instruct-ignored-streaming"));
        try (CudaChecks checks = checks(Precision.FP32, 3)) {
            List<CudaChecks.Spoken> spoken = checks.speak(checks.model(cases.get(0)), cases);
            for (int i = 0; i < cases.size(); i++) {
                assertArrayEquals(
                        cases.get(i).integers("codes"),
                        spoken.get(i).codes(),
                        cases.get(i).path());
            }
        }
    }

    /** Same key, same speech, on either back end: logits differ in the last bits, the random numbers not at all. */
    @Test
    void sampledCodesAreThoseOfTheCpu() throws IOException {
        GoldenCase golden = golden("mini-custom-voice-1b7/en-instruct-streaming");
        GenerationOptions options = CudaChecks.options(golden)
                .withTalker(new Sampling(0.9f, 50, 0.95f))
                .withCodePredictor(new Sampling(1.2f, 0, 1f))
                .withMaxNewTokens(9);
        RandomKey key = new RandomKey(20_261_123, 5);
        try (CudaChecks checks = checks(Precision.FP32, 1);
                Scope owned = new Scope()) {
            CudaChecks.Model model = checks.model(golden);
            Prompt prompt = checks.prompt(model, golden);
            OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
            LanguageModel cpu = owned.own(
                    OrtLanguageModel.open(runtime, model.checkpoint(), Projections.FLOAT32, TensorListener.NONE));
            List<Integer> expected = speak(cpu, prompt, options, key);
            assertEquals(expected, speak(model.cuda().languageModel(), prompt, options, key));
            assertEquals(8 * model.codeGroups(), expected.size(), "frames: the test has lost its point");
        }
    }

    private static List<Integer> speak(LanguageModel model, Prompt prompt, GenerationOptions options, RandomKey key) {
        List<Integer> codes = new ArrayList<>();
        try (Generation stream = model.begin(prompt, options, key)) {
            for (model.step(List.of(stream)); stream.progress() == Progress.FRAME; model.step(List.of(stream))) {
                Arrays.stream(stream.codes()).forEach(codes::add);
            }
        }
        return codes;
    }

    @Test
    void audioInPiecesEqualsTheWhole() throws IOException {
        GoldenCase golden = golden(SHORT);
        Report report = new Report();
        try (CudaChecks checks = checks(Precision.FP32, 2)) {
            CudaChecks.Model model = checks.model(golden);
            new CodecChecks(model.cuda().codecDecoder(), model.codeGroups())
                    .check(CudaChecks.reference(golden), golden.integers("codes"), golden.floats("pcm"), report);
        }
        assertPassed(report);
    }

    /** Three streams of different lengths in one call, bit for bit as one after the other. */
    @Test
    void streamsDecodedTogetherSoundAsAlone() throws IOException {
        GoldenCase golden = golden(SHORT);
        try (CudaChecks checks = checks(Precision.FP32, 3)) {
            CudaChecks.Model model = checks.model(golden);
            CudaCodecDecoder decoder = model.cuda().codecDecoder();
            int[] all = golden.integers("ref_codes");
            int[] frames = Soak.on() ? new int[] {4, 1, 10} : new int[] {2, 1, 4};
            List<Piece> pieces = new ArrayList<>();
            try (Scope owned = new Scope()) {
                for (int i = 0; i < frames.length; i++) {
                    float[] together = new float[frames[i] * decoder.samplesPerFrame()];
                    int[] codes = Arrays.copyOfRange(all, i * model.codeGroups(), all.length);
                    pieces.add(new Piece(codes, frames[i], owned.own(decoder.start()), together, 0));
                }
                decoder.decode(pieces);
                for (Piece piece : pieces) {
                    assertEquals(piece.frames(), piece.state().frames());
                    float[] alone = new float[piece.out().length];
                    try (CodecDecoder.State state = decoder.start()) {
                        decoder.decode(piece.codes(), piece.frames(), state, alone, 0);
                    }
                    assertArrayEquals(alone, piece.out());
                }
            }
        }
    }

    @Test
    void slotsAreGivenBackAndRoomIsChecked() throws IOException {
        GoldenCase golden = golden(SHORT);
        try (CudaChecks checks = checks(Precision.FP32, 1)) {
            CudaChecks.Model model = checks.model(golden);
            LanguageModel language = model.cuda().languageModel();
            Prompt prompt = checks.prompt(model, golden);
            GenerationOptions options = CudaChecks.options(golden);
            Generation first = language.begin(prompt, options, new RandomKey(0, 0));
            DeviceException full =
                    assertThrows(DeviceException.class, () -> language.begin(prompt, options, new RandomKey(0, 0)));
            assertTrue(full.getMessage().contains("maxStreams=1"), full.getMessage());
            first.close();
            first.close();
            language.begin(prompt, options, new RandomKey(0, 0)).close();

            GoldenCase other = golden("mini-base/ja-icl-nonstreaming-text-longer");
            Prompt longer = checks.prompt(model, other);
            Prompt tooLong = new Prompt(
                    Stream.of(longer, longer, longer)
                            .flatMap(part -> part.rows().stream())
                            .toList(),
                    longer.prefix(),
                    longer.trailing(),
                    longer.pad(),
                    longer.speakerVector(),
                    longer.referenceCodes());
            InvalidRequestException refused = assertThrows(
                    InvalidRequestException.class, () -> language.begin(tooLong, options, new RandomKey(0, 0)));
            assertTrue(refused.getMessage().contains("maxPositions=150"), refused.getMessage());
        }
    }
}
