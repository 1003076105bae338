package io.github.qwen3tts.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigSchemaTest {

    @Test
    void everySettingIsExplainedAndEveryDefaultIsOneItAllows() throws IOException {
        JsonNode schema = new ObjectMapper().readTree(Config.schema());
        List<String> settings = new ArrayList<>();
        for (Map.Entry<String, JsonNode> section : schema.get("properties").properties()) {
            for (Map.Entry<String, JsonNode> setting :
                    section.getValue().path("properties").properties()) {
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
                "voice_cloning.prompt_text")));
    }

    @Test
    void theSchemaAllowsTheSectionsTheReaderAllows() throws IOException {
        JsonNode schema = new ObjectMapper().readTree(Config.schema());
        assertFalse(schema.get("additionalProperties").booleanValue());
        assertEquals("{\"type\":\"object\"}", schema.at("/properties/server").toString());
        Section section = Section.of(
                "server", "For a test.", Setting.flag("on", "Whether.").withDefault(true));
        JsonNode declared = new ObjectMapper().readTree(Config.schema(section)).at("/properties/server");
        assertFalse(declared.get("additionalProperties").booleanValue());
        assertTrue(declared.at("/properties/on/default").booleanValue());
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
