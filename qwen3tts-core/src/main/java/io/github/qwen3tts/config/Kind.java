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
import java.util.regex.Pattern;

/**
 * The type of a setting: how its values are read, and what a JSON schema says of them.
 *
 * @param <T> the type of its values
 */
sealed interface Kind<T> {

    /** The value, or empty if the node holds something else. */
    Optional<T> read(Node node);

    /** Whether the node counts as if its name were not there. */
    default boolean isAbsent(Node node) {
        return node.isNothing();
    }

    /** What was expected, for a message. */
    String expected();

    /** The same for an editor. */
    ObjectNode schema();

    /** Any text; numbers and truth values need quotes. */
    record Text() implements Kind<String> {
        @Override
        public Optional<String> read(Node node) {
            return scalar(node, Type.TEXT);
        }

        @Override
        public String expected() {
            return "text, in quotes where it looks like a number";
        }

        @Override
        public ObjectNode schema() {
            return type("string");
        }
    }

    /** One of a few words, in any case of letters. */
    record Choice(List<String> words) implements Kind<String> {
        @Override
        public Optional<String> read(Node node) {
            return scalar(node, Type.TEXT)
                    .map(text -> text.strip().toLowerCase(Locale.ROOT))
                    .filter(words::contains);
        }

        @Override
        public String expected() {
            return "one of " + String.join(", ", words);
        }

        @Override
        public ObjectNode schema() {
            ObjectNode schema = type("string");
            words.forEach(schema.putArray("enum")::add);
            return schema;
        }
    }

    /** Text of a form; {@code form} says in words what the pattern wants. */
    record Form(Pattern pattern, String form) implements Kind<String> {
        @Override
        public Optional<String> read(Node node) {
            return scalar(node, Type.TEXT).filter(text -> pattern.matcher(text).matches());
        }

        @Override
        public String expected() {
            return form;
        }

        @Override
        public ObjectNode schema() {
            return type("string").put("pattern", "^(?:" + pattern.pattern() + ")$");
        }
    }

    /** true or false. */
    record Flag() implements Kind<Boolean> {
        @Override
        public Optional<Boolean> read(Node node) {
            return scalar(node, Type.FLAG).map(Boolean::valueOf);
        }

        @Override
        public String expected() {
            return "true or false";
        }

        @Override
        public ObjectNode schema() {
            return type("boolean");
        }
    }

    /** A whole number of a range. */
    record Whole(int min, int max) implements Kind<Integer> {
        @Override
        public Optional<Integer> read(Node node) {
            return scalar(node, Type.INTEGER).flatMap(Whole::parse).filter(value -> value >= min && value <= max);
        }

        private static Optional<Integer> parse(String text) {
            try {
                return Optional.of(Integer.valueOf(text.replace("_", "")));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        @Override
        public String expected() {
            return "a whole number from " + min + " to " + max;
        }

        @Override
        public ObjectNode schema() {
            return type("integer").put("minimum", min).put("maximum", max);
        }
    }

    /** A path, relative to the folder of the file; a leading tilde is the home directory. */
    record FilePath() implements Kind<Path> {
        @Override
        public Optional<Path> read(Node node) {
            try {
                return scalar(node, Type.TEXT).map(text -> resolve(node.place().file(), text));
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        }

        /** The path that a text in a file means; throws InvalidPathException if it cannot be one. */
        static Path resolve(Path file, String text) {
            return text.equals("~") || text.startsWith("~/")
                    ? Path.of(System.getProperty("user.home"), text.substring(1))
                    : file.toAbsolutePath().resolveSibling(text).normalize();
        }

        @Override
        public boolean isAbsent(Node node) {
            return node.isNothing()
                    || scalar(node, Type.TEXT).filter(String::isBlank).isPresent();
        }

        @Override
        public String expected() {
            return "a path";
        }

        @Override
        public ObjectNode schema() {
            return type("string");
        }
    }

    /** A list of texts. */
    record Texts() implements Kind<List<String>> {
        @Override
        public Optional<List<String>> read(Node node) {
            if (!(node instanceof Node.Sequence sequence)) {
                return Optional.empty();
            }
            List<String> texts = new ArrayList<>();
            for (Node item : sequence.items()) {
                scalar(item, Type.TEXT).ifPresent(texts::add);
            }
            return texts.size() == sequence.items().size() ? Optional.of(List.copyOf(texts)) : Optional.empty();
        }

        @Override
        public String expected() {
            return "a list of texts, such as [a, b]";
        }

        @Override
        public ObjectNode schema() {
            ObjectNode schema = type("array");
            schema.set("items", type("string"));
            return schema;
        }
    }

    /** Texts by name, in order. */
    record NamedTexts() implements Kind<Map<String, String>> {
        @Override
        public Optional<Map<String, String>> read(Node node) {
            if (!(node instanceof Node.Mapping mapping)) {
                return Optional.empty();
            }
            Map<String, String> texts = new LinkedHashMap<>();
            mapping.entries()
                    .forEach((key, value) -> scalar(value, Type.TEXT).ifPresent(text -> texts.put(key.name(), text)));
            return texts.size() == mapping.entries().size() ? Optional.of(texts) : Optional.empty();
        }

        @Override
        public String expected() {
            return "names with a text each, such as {a: b}";
        }

        @Override
        public ObjectNode schema() {
            ObjectNode schema = type("object");
            schema.set("additionalProperties", type("string"));
            return schema;
        }
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
