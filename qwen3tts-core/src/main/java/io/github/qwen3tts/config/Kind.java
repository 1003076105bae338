package io.github.qwen3tts.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.config.Node.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The type of a setting: how its values are read, and what a JSON schema says of them.
 *
 * @param expected      what values are allowed, for messages
 * @param schema        the same as JSON schema; not to be changed
 * @param blankIsAbsent whether a blank text counts as if its name were not there
 * @param reader        gives the value, or empty if the node holds something else
 * @param <T>           the type of the values
 */
record Kind<T>(String expected, ObjectNode schema, boolean blankIsAbsent, Function<Node, Optional<T>> reader) {

    private Kind(String expected, ObjectNode schema, Function<Node, Optional<T>> reader) {
        this(expected, schema, false, reader);
    }

    /** Any text; numbers and truth values need quotes. */
    static Kind<String> text() {
        return new Kind<>(
                "text, in quotes where it looks like a number", type("string"), node -> scalar(node, Type.TEXT));
    }

    /** One of a few words, in any case of letters. */
    static Kind<String> choice(List<String> words) {
        ObjectNode schema = type("string");
        words.forEach(schema.putArray("enum")::add);
        return new Kind<>(
                "one of " + String.join(", ", words),
                schema,
                node -> scalar(node, Type.TEXT)
                        .map(text -> text.strip().toLowerCase(Locale.ROOT))
                        .filter(words::contains));
    }

    /** Text that matches a pattern; {@code form} says in words what it demands. */
    static Kind<String> pattern(Pattern pattern, String form) {
        return new Kind<>(
                form,
                type("string").put("pattern", "^(?:" + pattern.pattern() + ")$"),
                node -> scalar(node, Type.TEXT)
                        .filter(text -> pattern.matcher(text).matches()));
    }

    /** true or false. */
    static Kind<Boolean> flag() {
        return new Kind<>(
                "true or false",
                type("boolean"),
                node -> scalar(node, Type.FLAG).map(Boolean::valueOf));
    }

    /** A whole number of a range. */
    static Kind<Integer> integer(int min, int max) {
        return new Kind<>(
                "a whole number from " + min + " to " + max,
                type("integer").put("minimum", min).put("maximum", max),
                node -> scalar(node, Type.INTEGER)
                        .flatMap(Kind::parseInteger)
                        .filter(value -> value >= min && value <= max));
    }

    private static Optional<Integer> parseInteger(String text) {
        try {
            return Optional.of(Integer.valueOf(text.replace("_", "")));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** A path, see {@link #resolve}. */
    static Kind<Path> path() {
        return new Kind<>(
                "a path",
                type("string"),
                true,
                node -> scalar(node, Type.TEXT)
                        .flatMap(text -> resolve(node.place().file(), text)));
    }

    /**
     * Resolves a path as people write them: relative to the file it stands in, a leading tilde for the home directory.
     *
     * @return the path, or empty if the text cannot be one
     */
    static Optional<Path> resolve(Path file, String text) {
        try {
            return Optional.of(
                    text.equals("~") || text.startsWith("~/")
                            ? Path.of(System.getProperty("user.home"), text.substring(1))
                            : file.toAbsolutePath().resolveSibling(text).normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** A list of texts. */
    static Kind<List<String>> list() {
        ObjectNode schema = type("array");
        schema.set("items", type("string"));
        return new Kind<>("a list of texts, such as [a, b]", schema, node -> {
            if (!(node instanceof Node.Sequence sequence)) {
                return Optional.empty();
            }
            List<String> texts = new ArrayList<>();
            sequence.items().forEach(item -> scalar(item, Type.TEXT).ifPresent(texts::add));
            return texts.size() == sequence.items().size() ? Optional.of(List.copyOf(texts)) : Optional.empty();
        });
    }

    /** Texts by name, in order. */
    static Kind<Map<String, String>> map() {
        ObjectNode schema = type("object");
        schema.set("additionalProperties", type("string"));
        return new Kind<>("names with a text each, such as {a: b}", schema, node -> {
            if (!(node instanceof Node.Mapping mapping)) {
                return Optional.empty();
            }
            Map<String, String> texts = new LinkedHashMap<>();
            mapping.entries()
                    .forEach((key, value) -> scalar(value, Type.TEXT).ifPresent(text -> texts.put(key.name(), text)));
            return texts.size() == mapping.entries().size() ? Optional.of(texts) : Optional.empty();
        });
    }

    /** The value, or empty if the node holds something else. */
    Optional<T> read(Node node) {
        return reader.apply(node);
    }

    /** Whether the node counts as if its name were not there. */
    boolean isAbsent(Node node) {
        return node.isNothing()
                || blankIsAbsent
                        && scalar(node, Type.TEXT).filter(String::isBlank).isPresent();
    }

    private static Optional<String> scalar(Node node, Type type) {
        return node instanceof Node.Scalar scalar && scalar.type() == type
                ? Optional.of(scalar.text())
                : Optional.empty();
    }

    private static ObjectNode type(String name) {
        return JsonNodeFactory.instance.objectNode().put("type", name);
    }
}
