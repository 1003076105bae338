package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The benchmark of a GPU, over the stand-in for one: the times are no GPU's, everything else is as on one. */
class CudaRunTest {

    private static final Path CORE =
            Path.of("../qwen3tts-core").toAbsolutePath().normalize();

    /** Beside this module's own, wherever that is: {@code target} or {@code target/light}. */
    private static final Path CORE_TESTS =
            CORE.resolve(Path.of("").toAbsolutePath().relativize(testClasses()));

    private static final boolean SOAK = Integer.getInteger("qwen3tts.soak", 0) > 0;
    private static final int STREAMS = SOAK ? 3 : 2;
    private static final int RUNS = SOAK ? 2 : 1;

    @Test
    void measuresAndComparesEveryNumberOfStreams() throws Exception {
        Assumptions.assumeTrue(
                Files.exists(CORE_TESTS.resolve("io/github/qwen3tts/internal/runtime/cuda/HostDevice.class")),
                "the tests of qwen3tts-core are not compiled: the stand-in for a card is missing");
        Path model = MiniCheckpoints.directory("mini-custom-voice");
        List<String> lines = output(CudaRunProgram.class, model.toString(), "" + STREAMS, "" + RUNS);
        Assumptions.assumeFalse(
                lines.stream().anyMatch(line -> line.contains("no C++ compiler")), "the stand-in needs a C++ compiler");
        List<JsonNode> results = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("{")) {
                results.add(new ObjectMapper().readTree(line));
            }
        }
        assertEquals(2, results.size(), () -> String.join("\n", lines));
        long weightBytes =
                FrameCost.onCard(Checkpoint.open(model), Precision.BF16).languageModelBytes();
        for (int i = 0; i < 2; i++) {
            JsonNode result = results.get(i);
            JsonNode setting = result.get("setting");
            assertEquals(i == 0 ? 1 : STREAMS, setting.get("streams").asInt());
            assertEquals("bf16", setting.get("precision").asText());
            assertEquals("mini-custom-voice", setting.get("model").asText());
            assertEquals(weightBytes, setting.get("weightBytes").asLong());
            assertTrue(setting.get("copyBytesPerSecond").asDouble() > 0);
            assertTrue(setting.get("deviceBytes").asLong() > Files.size(model.resolve("model.safetensors")) / 2);
            assertTrue(result.get("sameAsAlone").asBoolean());
            assertTrue(result.get("piecesEqualWhole").asBoolean());
            for (String voice : List.of("newVoice", "knownVoice", "newAtOnce", "knownAtOnce")) {
                JsonNode first = result.get(voice);
                assertEquals(RUNS, first.get("promptMillis").get("count").asInt());
                double prompt = first.get("promptMillis").get("min").asDouble();
                double codes = first.get("codesMillis").get("min").asDouble();
                double audio = first.get("audioMillis").get("min").asDouble();
                assertTrue(0 < prompt && prompt < codes && codes < audio, first::toString);
            }
            int streamed = result.get("newVoice").get("positions").asInt();
            int atOnce = result.get("newAtOnce").get("positions").asInt();
            assertTrue(0 < streamed && streamed < atOnce, result::toString);
        }
        for (String part : List.of(
                STREAMS + " streams, kernels overlap: false",
                "in real time: ",
                "text at once, a new voice: prompt of ",
                "GB/s")) {
            assertTrue(lines.stream().anyMatch(line -> line.contains(part)), part);
        }
    }

    private static Path testClasses() {
        try {
            return Path.of(CudaRunTest.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** In the directory of qwen3tts-core, whose kernels the stand-in compiles. */
    private static List<String> output(Class<?> program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                CORE_TESTS + File.pathSeparator + System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(CORE.toFile())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
