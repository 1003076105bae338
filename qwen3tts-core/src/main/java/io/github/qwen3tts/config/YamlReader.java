package io.github.qwen3tts.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.github.qwen3tts.api.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one YAML document into nodes. Aliases and a second document are refused: a configuration needs none. */
final class YamlReader {

    private static final YAMLFactory YAML = new YAMLFactory();

    private final YAMLParser parser;
    private final Path file;

    private YamlReader(YAMLParser parser, Path file) {
        this.parser = parser;
        this.file = file;
    }

    /** The document's value; a node of type NOTHING if there is none. {@code file} is for messages. */
    static Node read(String text, Path file) {
        try (YAMLParser parser = YAML.createParser(text)) {
            YamlReader reader = new YamlReader(parser, file);
            JsonToken first = parser.nextToken();
            if (first == null) {
                return new Node.Scalar(new Node.Place(file, 1, 1), Node.Type.NOTHING, "");
            }
            Node root = reader.value(first);
            if (parser.nextToken() != null) {
                throw reader.wrong("a configuration is one YAML document");
            }
            return root;
        } catch (JacksonException e) {
            throw new InvalidRequestException(
                    "not valid YAML: " + place(file, e.getLocation()) + ": " + firstLine(e), e);
        } catch (IOException e) {
            throw new InvalidRequestException("not valid YAML: file=" + file + ": " + e.getMessage(), e);
        }
    }

    private Node value(JsonToken token) throws IOException {
        Node.Place place = place();
        if (parser.isCurrentAlias()) {
            throw wrong("aliases are not supported; write the value out");
        }
        return switch (token) {
            case START_OBJECT -> mapping(place);
            case START_ARRAY -> sequence(place);
            case VALUE_TRUE, VALUE_FALSE -> scalar(place, Node.Type.FLAG);
            case VALUE_NUMBER_INT -> scalar(place, Node.Type.INTEGER);
            case VALUE_NUMBER_FLOAT -> scalar(place, Node.Type.NUMBER);
            case VALUE_NULL -> scalar(place, Node.Type.NOTHING);
            case VALUE_STRING -> scalar(place, Node.Type.TEXT);
            default -> throw wrong("a value is expected");
        };
    }

    private Node scalar(Node.Place place, Node.Type type) throws IOException {
        return new Node.Scalar(place, type, parser.getText());
    }

    private Node mapping(Node.Place place) throws IOException {
        Map<Node.Key, Node> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            Node.Key key = new Node.Key(place(), parser.currentName());
            Node value = value(parser.nextToken());
            if (entries.put(key, value) != null) {
                throw new InvalidRequestException("setting stands twice: " + key.place() + ", setting=" + key.name());
            }
        }
        return new Node.Mapping(place, entries);
    }

    private Node sequence(Node.Place place) throws IOException {
        List<Node> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items.add(value(token));
        }
        return new Node.Sequence(place, items);
    }

    private Node.Place place() {
        return place(file, parser.currentTokenLocation());
    }

    private static Node.Place place(Path file, JsonLocation location) {
        return location == null
                ? new Node.Place(file, 1, 1)
                : new Node.Place(file, location.getLineNr(), location.getColumnNr());
    }

    private static String firstLine(JacksonException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("");
    }

    private InvalidRequestException wrong(String rule) {
        return new InvalidRequestException(rule + ": " + place());
    }
}
