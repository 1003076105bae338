package io.github.qwen3tts.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigSchemaTest {

    @Test
    void theCommittedSchemaIsCurrent() throws IOException {
        try (InputStream in = Config.class.getResourceAsStream("config.schema.json")) {
            assertEquals(
                    Config.schema(),
                    new String(in.readAllBytes(), StandardCharsets.UTF_8),
                    "write the new one with: ./dev serve --print-schema > qwen3tts-core/src/main/resources/"
                            + "io/github/qwen3tts/config/config.schema.json");
        }
    }

    @Test
    void everySettingIsExplainedAndEveryDefaultIsOneItAllows() throws IOException {
        JsonNode schema = new ObjectMapper().readTree(Config.schema());
        List<String> settings = new ArrayList<>();
        for (Map.Entry<String, JsonNode> section : schema.get("properties").properties()) {
            for (Map.Entry<String, JsonNode> setting :
                    section.getValue().get("properties").properties()) {
                settings.add(section.getKey() + "." + setting.getKey());
                JsonNode rule = setting.getValue();
                assertTrue(rule.get("description").asText().endsWith("."), setting.getKey());
                JsonNode fallback = rule.get("default");
                if (fallback != null && rule.has("enum")) {
                    assertTrue(contains(rule.get("enum"), fallback), setting.getKey());
                }
                if (fallback != null && rule.has("maximum")) {
                    assertTrue(fallback.asInt() <= rule.get("maximum").asInt(), setting.getKey());
                    assertTrue(fallback.asInt() >= rule.get("minimum").asInt(), setting.getKey());
                }
            }
        }
        assertTrue(settings.containsAll(List.of(
                "model_settings.model_path",
                "model_settings.device",
                "model_settings.precision",
                "inference_settings.streaming",
                "inference_settings.latency_mode",
                "inference_settings.sample_rate",
                "voice_cloning.reference_audio",
                "voice_cloning.prompt_text",
                "server.port")));
    }

    private static boolean contains(JsonNode words, JsonNode word) {
        for (JsonNode known : words) {
            if (known.equals(word)) {
                return true;
            }
        }
        return false;
    }
}
