package io.github.qwen3tts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.Backend;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which device is taken, on machines that lack one thing or another. */
@Timeout(120)
class DeviceTest {

    private static final Path CHECKPOINT = GoldenFiles.path("checkpoints/mini-custom-voice");
    private static final Predicate<String> EVERYTHING = entry -> true;
    private static final Predicate<String> WITHOUT_CUDA = entry -> !entry.contains("bytedeco");

    @ParameterizedTest
    @CsvSource({"auto, auto", "CPU, cpu", "cuda, cuda:0", " cuda:0 , cuda:0", "Cuda:12, cuda:12"})
    void devicesHaveNames(String name, String device) {
        assertEquals(device, Device.named(name).toString());
        assertEquals(Device.named(name), Device.named(device));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:1234", "cpu:0", "rocm"})
    void otherNamesAreRefusedWithThoseThereAre(String name) {
        String message = assertThrows(InvalidRequestException.class, () -> Device.named(name))
                .getMessage();
        assertTrue(message.contains("known=[auto, cpu, cuda, cuda:N]"), message);
    }

    @Test
    void backEndsHaveNames() {
        for (Backend backend : Backend.values()) {
            assertEquals(backend, Backend.named(backend.toString().toUpperCase()));
        }
        String message = assertThrows(InvalidRequestException.class, () -> Backend.named("tensorrt"))
                .getMessage();
        assertTrue(message.contains("known=[native, onnxruntime]"), message);
    }

    @Test
    void onlyCardsHaveAnIndex() {
        assertThrows(InvalidRequestException.class, () -> Device.cuda(-1));
    }

    @Test
    void nothingOfCudaIsLoadedForTheCpu(@TempDir Path directory) throws Exception {
        Path log = directory.resolve("classes");
        assertEquals(List.of("cpu spoke"), run(EVERYTHING, List.of("-Xlog:class+load:file=" + log), "cpu"));
        List<String> classes = Files.readAllLines(log);
        assertTrue(classes.stream().anyMatch(line -> line.contains("io.github.qwen3tts.internal.device.LoadedModel ")));
        for (String part :
                List.of("qwen3tts.internal.runtime.cuda.", "qwen3tts.internal.model.cuda.", "org.bytedeco.")) {
            assertFalse(classes.stream().anyMatch(line -> line.contains(part)), part);
        }
    }

    @Test
    void withoutTheBindingsAutoIsTheProcessor() throws Exception {
        assertEquals(List.of("cpu spoke"), run(WITHOUT_CUDA, List.of(), "auto"));
    }

    @Test
    void withoutTheBindingsACardIsRefusedWithWhatToAdd() throws Exception {
        String said = run(WITHOUT_CUDA, List.of(), "cuda").get(0);
        assertTrue(said.startsWith("refused: CUDA is off: org.bytedeco:cuda is not on the class path; add "), said);
    }

    @Test
    void aRefusedCardLeavesTheProcessorUsable() throws Exception {
        String said = run(EVERYTHING, List.of(), "cuda:77").get(0);
        assertTrue(said.startsWith("refused: CUDA is off: "), said);
        assertEquals(List.of("cpu spoke"), run(EVERYTHING, List.of(), "cpu"));
    }

    @Test
    void theCudaProviderOfOnnxRuntimeIsRefusedWithWhatToAdd() {
        String message = assertThrows(
                        DeviceException.class,
                        () -> TtsEngine.builder(CHECKPOINT)
                                .threads(2)
                                .device("cuda")
                                .backend("onnxruntime")
                                .build())
                .getMessage();
        assertTrue(message.contains("com.microsoft.onnxruntime:onnxruntime_gpu:"), message);
        assertTrue(message.contains("or use backend native, or device cpu"), message);
    }

    @Test
    void autoWithoutTheCudaProviderIsTheProcessor() {
        try (TtsEngine engine = TtsEngine.builder(CHECKPOINT)
                .threads(2)
                .device(Device.AUTO)
                .backend(Backend.ONNX_RUNTIME)
                .build()) {
            assertEquals(Device.CPU, engine.device());
        }
    }

    /** What {@link DeviceProgram} says with those entries of the class path. */
    private static List<String> run(Predicate<String> entries, List<String> options, String device)
            throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entries)
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classPath));
        command.addAll(options);
        command.addAll(List.of(DeviceProgram.class.getName(), CHECKPOINT.toString()));
        Stream.of(device).filter(name -> !name.isEmpty()).forEach(command::add);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertEquals(0, process.waitFor(), said::toString);
        return said;
    }
}
