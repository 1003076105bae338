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

    /** {@code elsewhere}: names of sections that may be there and are not looked into. */
    static String json(List<Section> sections, List<String> elsewhere) {
        ObjectNode root = object("Configuration of qwen3tts, for library and server.");
        root.put("$schema", "http://json-schema.org/draft-07/schema#");
        root.put("title", "qwen3tts config.yaml");
        ObjectNode properties = root.putObject("properties");
        sections.forEach(section -> properties.set(section.name(), section(section)));
        elsewhere.forEach(name -> properties.putObject(name).put("type", "object"));
        root.putArray("required").add(ModelSettings.SECTION.name());
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

    private static ObjectNode section(Section section) {
        ObjectNode schema = object(section.description());
        ObjectNode properties = schema.putObject("properties");
        section.settings().forEach(setting -> properties.set(setting.name(), property(setting)));
        section.settings().stream()
                .filter(Setting::isRequired)
                .forEach(setting -> schema.withArray("required").add(setting.name()));
        return schema;
    }

    private static ObjectNode property(Setting<?> setting) {
        ObjectNode property = setting.kind().schema().deepCopy();
        property.put("description", setting.description());
        setting.fallback().ifPresent(value -> property.set("default", JSON.valueToTree(value)));
        return property;
    }

    private static ObjectNode object(String description) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "object")
                .put("description", description)
                .put("additionalProperties", false);
    }
}
