package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {

    @TempDir
    private Path directory;

    @Test
    void everyConfigurationAddsALineAndTheTableAndThePictureFollow() throws IOException {
        Files.writeString(directory.resolve(Benchmark.LINES), "{\"kept\":true}\n");
        assertEquals(
                0,
                bench(
                        "--precision",
                        "int8",
                        "--runs",
                        "2",
                        "--first-frames",
                        "3",
                        "--warmup",
                        "0",
                        "--text-layout",
                        "streaming"));

        List<String> lines = Files.readAllLines(directory.resolve(Benchmark.LINES));
        assertEquals(2, lines.size());
        JsonNode line = new JsonMapper().readTree(lines.get(1));
        assertEquals("int8", line.get("precision").asText());
        assertTrue(line.get("firstLoadMillis").asDouble() > 0);
        assertEquals("STREAMING", line.get("workload").get("layout").asText());
        JsonNode result = line.get("result");
        assertEquals(9, result.get("promptTokens").asInt(), "all but one token of the text follow the prompt");
        assertEquals("[3,3]", result.get("frames").toString());
        assertEquals(5, result.get("ttfaMillis").get("count").asInt(), "2 speeches and 3 first frames");
        assertEquals(3, result.get("newTtfaMillis").get("count").asInt(), "3 other voices");
        assertEquals(2, result.get("rtf").get("count").asInt());
        double frameMillis = 0;
        for (String part : List.of("talker", "codePredictor", "codec", "prompt", "rest")) {
            double millis = result.get("frameTime").get(part).asDouble();
            assertTrue(millis > 0 || part.equals("rest"), part);
            frameMillis += millis;
        }
        assertEquals(80 * result.get("rtf").get("p50").asDouble(), frameMillis, 1e-6, "of the median speech");
        assertFalse(result.get("machine").get("onnxRuntime").asText().isEmpty());
        assertFalse(line.has("efficiency"), "the machine was not measured");

        String table = Files.readString(directory.resolve(Benchmark.TABLE));
        assertTrue(table.contains("| int8 | "), table);
        assertTrue(Files.readString(directory.resolve(Benchmark.CHART)).contains(">int8<"));
    }

    @Test
    void refusesWhatCannotBeMeasuredBeforeAnythingIsWritten() throws IOException {
        assertEquals(1, bench("--precision", "auto"));
        assertEquals(1, bench("--runs", "0"));
        assertEquals(2, Main.run("bench", "--runs", "some"));
        assertEquals(0, directory.toFile().list().length);
    }

    private int bench(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "bench",
                "--model",
                MiniCheckpoints.directory("mini-custom-voice").toString(),
                "--no-roofline"));
        args.addAll(List.of("--frames", "3", "--text-tokens", "5", "--out", directory.toString()));
        args.addAll(List.of(more));
        return Main.run(args.toArray(String[]::new));
    }
}
