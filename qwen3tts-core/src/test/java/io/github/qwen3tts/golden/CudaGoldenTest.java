package io.github.qwen3tts.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.runtime.cuda.HostDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole frames on the CUDA engine, kernel by kernel in the product's launch order, on the host's stand-in for a card:
 * codes have to equal the original model's, audio has to be as near as that of any fp32 build.
 */
class CudaGoldenTest {

    private static final Path ROOT = Path.of("src/test/resources/golden");

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

    @TestFactory
    Stream<DynamicTest> speaksAsTheOriginalModel() {
        return Stream.of(
                        "mini-custom-voice/en-auto-vivian-streaming",
                        "mini-custom-voice/one-token-nonstreaming",
                        "mini-custom-voice-1b7/en-instruct-streaming",
                        "mini-custom-voice-1b7/zh-dialect-instruct-nonstreaming",
                        "mini-voice-design/ru-instruct-streaming",
                        "mini-base/zh-xvector-stereo-streaming",
                        "mini-base/en-icl-streaming-text-longer")
                .map(path -> DynamicTest.dynamicTest(path, () -> speaks(path, Precision.FP32)));
    }

    private void speaks(String path, Precision precision) throws IOException {
        Report report = new Report();
        try (CudaChecks checks = new CudaChecks(device, precision, cache, 1)) {
            checks.run(golden(path), report);
        }
        report.lines().forEach(System.out::println);
        assertTrue(report.passed(), path);
    }

    /** The checkpoints are stored as bf16, so nothing is lost by it. */
    @Test
    void bf16WeightsSpeakTheSame() throws IOException {
        speaks("mini-custom-voice-1b7/en-instruct-streaming", Precision.BF16);
    }

    @Test
    void streamsSteppedTogetherSpeakAsAlone() throws IOException {
        List<GoldenCase> cases = List.of(
                golden("mini-custom-voice/en-english-eric-streaming"),
                golden("mini-custom-voice/one-token-nonstreaming"),
                golden("mini-custom-voice/en-instruct-ignored-streaming"));
        try (CudaChecks checks = new CudaChecks(device, Precision.FP32, cache, 3)) {
            List<CudaChecks.Spoken> spoken = checks.speak(checks.model(cases.get(0)), cases);
            for (int i = 0; i < cases.size(); i++) {
                assertArrayEquals(
                        cases.get(i).integers("codes"),
                        spoken.get(i).codes(),
                        cases.get(i).path());
            }
        }
    }
}
