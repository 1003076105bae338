package io.github.qwen3tts.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.internal.checkpoint.CheckpointCopy;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The golden outputs that are kept with the tests, and that the checks see what they are to see. */
class GoldenTest {

    private static final String CASE = "mini-voice-design/ko-noinstruct-auto-streaming";

    private static final GoldenChecks MODELS = new GoldenChecks();

    @AfterAll
    static void close() {
        MODELS.close();
    }

    @TestFactory
    List<DynamicTest> speechIsThatOfTheOfficialModel() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Check check : Check.of(GoldenFiles.path(""), MODELS)) {
            tests.add(DynamicTest.dynamicTest(check.kind() + " " + check.name(), () -> {
                Report report = check.run();
                assertTrue(report.passed(), () -> "\n" + String.join("\n", report.lines()));
            }));
        }
        assertFalse(tests.isEmpty());
        return tests;
    }

    @Test
    void changedOutputsFailByTheirNames(@TempDir Path root) throws IOException {
        copyCase(root);
        assertEquals("1 passed, 0 failed", lastLine(root));
        for (String tensor : List.of("prompt_embeds", "codes", "pcm")) {
            Path file = root.resolve("cases/" + CASE + "/tensors.safetensors");
            TensorInfo info = Safetensors.open(file).get(tensor);
            flip(file, info.offset() + (tensor.equals("codes") ? 0 : 3)); // the sign and exponent of a float
            String out = output(root);
            assertTrue(out.contains("FAILED tts " + CASE), out);
            assertTrue(out.contains("FAIL " + tensor), out);
            flip(file, info.offset() + (tensor.equals("codes") ? 0 : 3));
        }
        assertEquals("1 passed, 0 failed", lastLine(root));
    }

    @Test
    void caseThatCannotBeReadFailsAndTheOthersGoOn(@TempDir Path root) throws IOException {
        copyCase(root);
        ArrayNode index = (ArrayNode)
                new ObjectMapper().readTree(root.resolve("cases/index.json").toFile());
        index.insertObject(0).put("path", "mini-voice-design/none").put("kind", "tts");
        Files.write(root.resolve("cases/index.json"), new ObjectMapper().writeValueAsBytes(index));
        assertEquals("1 passed, 1 failed", lastLine(root));
    }

    private static void copyCase(Path root) throws IOException {
        CheckpointCopy.of("mini-voice-design", root.resolve("checkpoints/mini-voice-design"));
        Path directory = Files.createDirectories(root.resolve("cases/" + CASE));
        for (String file : new String[] {"case.json", "tensors.safetensors"}) {
            Files.copy(GoldenFiles.path("cases/" + CASE).resolve(file), directory.resolve(file));
        }
        ObjectMapper json = new ObjectMapper();
        ObjectNode entry = json.createObjectNode().put("path", CASE).put("kind", "tts");
        Files.write(
                root.resolve("cases/index.json"),
                json.writeValueAsBytes(json.createArrayNode().add(entry)));
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int value = bytes.read();
            bytes.seek(at);
            bytes.write(value ^ 0x5);
        }
    }

    private static String lastLine(Path root) throws IOException {
        List<String> lines = output(root).lines().toList();
        return lines.get(lines.size() - 1);
    }

    private static String output(Path root) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        GoldenRunner.run(root, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
