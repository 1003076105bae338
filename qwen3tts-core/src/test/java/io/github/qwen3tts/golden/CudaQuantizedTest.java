package io.github.qwen3tts.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.Soak;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.ProgressListeners;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.CachedMatrices;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.model.LanguageModel.Generation;
import io.github.qwen3tts.internal.model.LanguageModel.Progress;
import io.github.qwen3tts.internal.model.LanguageModel.RandomKey;
import io.github.qwen3tts.internal.model.OrtLanguageModel;
import io.github.qwen3tts.internal.model.TensorListener;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.cuda.HostDevice;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.sample.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Frames of quantised weights on the CUDA engine, on the host's stand-in for a GPU: from the very file the CPU made, and
 * with the codes that the numbers in it give in fp32 on the CPU.
 */
class CudaQuantizedTest {

    private static final Path ROOT = Path.of("src/test/resources/golden");
    private static final int FRAMES = 12;

    @TempDir
    private Path cache;

    @TempDir
    private Path dequantized;

    static Stream<Precision> precisions() {
        return Soak.sweep(
                2,
                List.of(
                        Precision.INT8,
                        Precision.INT4,
                        Precision.INT4.withHeads(WeightFormat.BF16),
                        Precision.BF16.withTalker(WeightFormat.INT8)));
    }

    @ParameterizedTest
    @MethodSource("precisions")
    void speaksWhatTheStoredNumbersSay(Precision precision) throws IOException {
        GoldenCase golden = GoldenCase.read(ROOT, "mini-custom-voice-1b7/en-instruct-streaming", "tts");
        CachedMatrices.languageModel(Checkpoint.open(golden.checkpoint()), precision, cache, ProgressListeners.LOGGED);
        List<Path> made = files();
        assertEquals(1, made.size());
        GenerationOptions options = CudaChecks.options(golden)
                .withTalker(new Sampling(0.9f, 50, 0.95f))
                .withCodePredictor(new Sampling(1.1f, 50, 1f))
                .withMaxNewTokens(FRAMES + 1);
        RandomKey key = new RandomKey(20_261_123, 3);
        try (HostDevice device = HostDevice.start();
                CudaChecks checks = new CudaChecks(device, precision, cache, 1)) {
            CudaChecks.Model model = checks.model(golden);
            assertEquals(made, files(), "the card takes the CPU's file");
            Prompt prompt = checks.prompt(model, golden);
            int[] expected = speakPlainly(made.get(0), golden, prompt, options, key);
            assertEquals(FRAMES * model.codeGroups(), expected.length, "the test has lost its point");
            assertArrayEquals(expected, speak(model.cuda().languageModel(), prompt, options, key));
        }
    }

    /** Rounded weights say something else than the published ones, so the test above sees which are used. */
    @Test
    @EnabledIfSystemProperty(
            named = "qwen3tts.soak",
            matches = "[1-9].*",
            disabledReason = "a check of a check: ./dev soak")
    void fourBitsAreHeard() throws IOException {
        GoldenCase golden = GoldenCase.read(ROOT, "mini-custom-voice-1b7/en-instruct-streaming", "tts");
        try (HostDevice device = HostDevice.start();
                CudaChecks checks = new CudaChecks(device, Precision.INT4, cache, 1)) {
            int[] codes =
                    checks.speak(checks.model(golden), List.of(golden)).get(0).codes();
            assertTrue(Arrays.mismatch(codes, golden.integers("codes")) >= 0);
        }
    }

    private int[] speakPlainly(
            Path cacheFile, GoldenCase golden, Prompt prompt, GenerationOptions options, RandomKey key)
            throws IOException {
        Checkpoint checkpoint =
                DequantizedCheckpoint.write(golden.checkpoint().getFileName().toString(), cacheFile, dequantized);
        OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
        try (LanguageModel cpu = OrtLanguageModel.open(runtime, checkpoint, Projections.FLOAT32, TensorListener.NONE)) {
            return speak(cpu, prompt, options, key);
        }
    }

    private static int[] speak(LanguageModel model, Prompt prompt, GenerationOptions options, RandomKey key) {
        IntStream.Builder codes = IntStream.builder();
        try (Generation stream = model.begin(prompt, options, key)) {
            for (model.step(List.of(stream)); stream.progress() == Progress.FRAME; model.step(List.of(stream))) {
                Arrays.stream(stream.codes()).forEach(codes::add);
            }
        }
        return codes.build().toArray();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }
}
