package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScorecardTest {

    @TempDir
    private Path directory;

    @Test
    void writesAScoreForEveryPrecision() throws IOException {
        Path out = directory.resolve("new/scores.json");
        assertEquals(0, scorecard(out, "int8,int4+int8codec"));
        JsonNode scores = new JsonMapper().readTree(Files.readAllBytes(out)).get("scores");
        assertEquals(2, scores.size());
        assertEquals("int8", scores.get(0).get("precision").asText());
        assertEquals(4, scores.get(1).get("greedy").size(), "one for each prompt");
        assertEquals(2, scores.get(0).get("greedy").get(0).get("frames").asInt());
        assertTrue(scores.get(0).get("codecSnrDb").isNull(), "fp32");
        assertTrue(scores.get(1).get("codecSnrDb").asDouble() > 15, scores.toString());
    }

    @Test
    void anUnknownPrecisionEndsWithStatusOneAndNoFile() {
        Path out = directory.resolve("scores.json");
        assertEquals(1, scorecard(out, "int5"));
        assertFalse(Files.exists(out));
    }

    private static int scorecard(Path out, String precisions) {
        return Main.run(
                "scorecard",
                "--model",
                MiniCheckpoints.directory("mini-custom-voice").toString(),
                "--frames",
                "2",
                "--threads",
                "2",
                "--precision",
                precisions,
                "--out",
                out.toString());
    }
}
