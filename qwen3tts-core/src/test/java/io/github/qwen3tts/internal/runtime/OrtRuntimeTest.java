package io.github.qwen3tts.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.qwen3tts.Soak;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class OrtRuntimeTest {

    private static final OrtRuntime.Threads THREADS = new OrtRuntime.Threads(2, false);

    /** The environment is one per process, so the application that was first is a process of its own. */
    @Test
    void speaksInAnApplicationThatStartedTheRuntimeBefore(@TempDir Path directory)
            throws IOException, InterruptedException {
        Path checkpoint = GoldenFiles.path("checkpoints/mini-custom-voice");
        Path samples = directory.resolve("samples");
        Path out = directory.resolve("out");
        Path log = directory.resolve("log");
        Process application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dlong=" + "x".repeat(16_000), // as class paths are: ONNX Runtime 1.29.0 dies of it
                        "-cp",
                        System.getProperty("java.class.path"),
                        ForeignApplication.class.getName(),
                        checkpoint.toString(),
                        samples.toString())
                .redirectOutput(out.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertTrue(application.waitFor(120, TimeUnit.SECONDS), () -> "still running: " + text(log));
        } finally {
            application.destroyForcibly();
        }
        assertEquals(0, application.exitValue(), () -> text(log));
        assertTrue(text(out).contains("shared=false"), text(out));
        assertTrue(text(log).contains("this application started ONNX Runtime before qwen3tts"), text(log));
        assertTrue(text(log).contains("pool of its own (2 threads)"), text(log));
        assertTrue(text(log).contains("pool of its own (2 threads, spinning)"), text(log));

        float[] expected = ForeignApplication.speak(checkpoint, false).audio().samples();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(samples));
        float[] spoken = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(spoken);
        assertEquals(2 * expected.length, spoken.length);
        assertArrayEquals(expected, Arrays.copyOf(spoken, expected.length), 1e-4f);
        assertArrayEquals(expected, Arrays.copyOfRange(spoken, expected.length, spoken.length), 1e-4f);
    }

    /** More than once, because what it would crash of is a matter of moments. */
    @Test
    @DisabledOnOs(OS.WINDOWS) // which has no signal to end a process with
    void processThatIsToldToEndWhileItSpeaksDoesNotCrash(@TempDir Path directory)
            throws IOException, InterruptedException {
        for (int i = 0; i < Soak.cases(3); i++) {
            Path log = directory.resolve("log" + i);
            Process application = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            EndlessApplication.class.getName(),
                            GoldenFiles.path("checkpoints/mini-custom-voice").toString())
                    .directory(directory.toFile())
                    .redirectError(log.toFile())
                    .start();
            try (BufferedReader said = application.inputReader()) {
                assertTrue(said.readLine().startsWith("speaking: 0"), () -> text(log));
                application.toHandle().destroy(); // leaves its output open
                said.lines().forEach(line -> {}); // a full pipe would stop it
                assertTrue(application.waitFor(60, TimeUnit.SECONDS), () -> text(log));
            } finally {
                application.destroyForcibly();
            }
            assertEquals(128 + 15, application.exitValue(), () -> text(log)); // SIGTERM, not SIGABRT
        }
    }

    @Test
    void applicationMayUseTheRuntimeAfterwards() throws OrtException {
        OrtRuntime.start(THREADS);
        OrtEnvironment mine = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtSession session = mine.createSession(doubling().bytes(), options);
                OnnxTensor x = OnnxTensor.createTensor(mine, new float[] {1, 2});
                OrtSession.Result result = session.run(Map.of("x", x))) {
            assertArrayEquals(
                    new float[] {2, 4}, (float[]) result.get("y").orElseThrow().getValue());
        }
    }

    @Test
    void laterEnginesJoinThePoolOfTheFirst() {
        OrtRuntime first = OrtRuntime.start(THREADS);
        OrtRuntime second =
                OrtRuntime.start(new OrtRuntime.Threads(first.threads().count() + 3, true));
        assertTrue(second.sharesOnePool());
        assertEquals(first.threads(), second.threads());
        assertThrows(InvalidRequestException.class, () -> new OrtRuntime.Threads(0, false));
    }

    @Test
    void graphTheRuntimeRefusesIsNamed() {
        OrtRuntime runtime = OrtRuntime.start(THREADS);
        OnnxModel broken = new OnnxModel("broken", new byte[] {1, 2, 3}, List.of());
        String message = assertThrows(ModelLoadException.class, () -> runtime.open(broken, OrtRuntime.Size.SMALL))
                .getMessage();
        assertTrue(message.contains("cannot open graph: graph=broken"), message);
    }

    @Test
    void runThatFailsNamesItsGraph() {
        OrtRuntime runtime = OrtRuntime.start(THREADS);
        try (OrtModel model = runtime.open(doubling(), OrtRuntime.Size.SMALL);
                Tensor wrong = Tensor.floats(3);
                Tensor out = Tensor.floats(2)) {
            String message = assertThrows(
                            DeviceException.class,
                            () -> model.run(
                                    new OrtModel.Bindings().input("x", wrong).output("y", out)))
                    .getMessage();
            assertTrue(message.contains("graph failed: graph=doubling"), message);
        }
    }

    @Test
    void closingTwiceIsHarmless() {
        OrtRuntime runtime = OrtRuntime.start(THREADS);
        OrtModel model = runtime.open(doubling(), OrtRuntime.Size.SMALL);
        model.close();
        model.close();
        Tensor tensor = Tensor.floats(1);
        tensor.close();
        tensor.close();
    }

    @Test
    void tensorTooLargeForABufferIsRefused() {
        String message = assertThrows(DeviceException.class, () -> Tensor.floats(1L << 20, 1L << 10))
                .getMessage();
        assertTrue(message.contains("shape=[1048576, 1024], bytes=4294967296"), message);
    }

    private static OnnxModel doubling() {
        Graph g = Graph.named("doubling", null);
        Value x = g.input("x", ElementType.FLOAT, 2);
        g.output("y", x.plus(x));
        return g.finish();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
