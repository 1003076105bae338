package io.github.qwen3tts.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Writes the settings as a JSON schema. */
final class ConfigSchema {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ConfigSchema() {}

    static String json() {
        ObjectNode root = object("Configuration of qwen3tts, for library and server.");
        root.put("$schema", "http://json-schema.org/draft-07/schema#");
        root.put("title", "qwen3tts config.yaml");
        ObjectNode sections = root.putObject("properties");
        add(sections, Config.MODEL_SETTINGS, "What is loaded, and on what.", ModelSettings.SETTINGS);
        add(sections, Config.INFERENCE_SETTINGS, "How programs ask for speech.", InferenceSettings.SETTINGS);
        add(sections, Config.VOICE_CLONING, "The clip whose voice is cloned_voice.", VoiceCloning.SETTINGS);
        add(sections, Config.SERVER, "For the server program.", ServerSettings.SETTINGS);
        root.putArray("required").add(Config.MODEL_SETTINGS);
        DefaultPrettyPrinter lines = new DefaultPrettyPrinter();
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        lines.indentObjectsWith(indenter);
        lines.indentArraysWith(indenter);
        try {
            return JSON.writer(lines).writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain nodes can always be written", e);
        }
    }

    private static void add(ObjectNode sections, String name, String meaning, List<Setting<?>> settings) {
        ObjectNode section = object(meaning);
        ObjectNode properties = section.putObject("properties");
        settings.forEach(setting -> properties.set(setting.name(), property(setting)));
        settings.stream()
                .filter(Setting::required)
                .forEach(setting -> section.withArray("required").add(setting.name()));
        sections.set(name, section);
    }

    private static ObjectNode property(Setting<?> setting) {
        ObjectNode property = setting.kind().schema();
        property.put("description", setting.meaning());
        setting.fallback().ifPresent(value -> property.set("default", JSON.valueToTree(value)));
        return property;
    }

    private static ObjectNode object(String meaning) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "object")
                .put("description", meaning)
                .put("additionalProperties", false);
    }
}
