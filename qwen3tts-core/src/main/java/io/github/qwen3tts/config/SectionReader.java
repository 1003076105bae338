package io.github.qwen3tts.config;

import io.github.qwen3tts.api.InvalidRequestException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the settings under one name and checks each value. */
final class SectionReader {

    private final String name;
    private final Node.Place place;
    private final Map<String, Node> values = new LinkedHashMap<>();

    /**
     * Checks the names of a section; an unknown one is refused.
     *
     * @param name  of the section, empty for the whole file
     * @param node  its content, or a node of type NOTHING
     * @param known names it may have
     */
    SectionReader(String name, Node node, List<String> known) {
        this.name = name;
        this.place = node.place();
        if (node.isNothing()) {
            return;
        }
        if (!(node instanceof Node.Mapping mapping)) {
            throw notSettings(name.isEmpty() ? "(the whole file)" : name, place, ", known=" + known);
        }
        mapping.entries().forEach((key, value) -> {
            if (!known.contains(key.name())) {
                throw new InvalidRequestException("unknown setting: " + key.place() + ", setting=" + path(key.name())
                        + "; "
                        + nearest(key.name(), known)
                                .map(near -> "did you mean " + near + "? ")
                                .orElse("")
                        + "known here: " + String.join(", ", known));
            }
            values.put(key.name(), value);
        });
    }

    private static InvalidRequestException notSettings(String section, Node.Place place, String more) {
        return new InvalidRequestException("section must hold settings: " + place + ", section=" + section + more);
    }

    /** The raw content of a name, for a section inside this one. */
    Node node(String key) {
        return values.getOrDefault(key, new Node.Scalar(place, Node.Type.NOTHING, ""));
    }

    /** Refuses a value where a section belongs, without a look into the section. */
    void requireSettings(String key) {
        Node node = node(key);
        if (!node.isNothing() && !(node instanceof Node.Mapping)) {
            throw notSettings(key, node.place(), "");
        }
    }

    /** The value or its default; empty if there is neither. */
    <T> Optional<T> read(Setting<T> setting) {
        Node node = node(setting.name());
        if (setting.kind().isAbsent(node)) {
            if (setting.isRequired()) {
                throw new InvalidRequestException("setting is missing: " + place + ", setting=" + path(setting.name())
                        + "; it holds " + setting.kind().expected());
            }
            return setting.fallback();
        }
        Optional<T> value = setting.kind().read(node);
        if (value.isEmpty()) {
            throw wrong(setting, setting.kind().expected());
        }
        return value;
    }

    /** The exception for a value that breaks a rule. */
    InvalidRequestException wrong(Setting<?> setting, String expected) {
        Node node = node(setting.name());
        String actual = node instanceof Node.Scalar scalar && !setting.isSecret() ? scalar.text() : "(not shown)";
        return new InvalidRequestException("wrong value: " + node.place() + ", setting=" + path(setting.name())
                + ", expected=" + expected + ", actual=" + actual);
    }

    private String path(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }

    /** A known name that differs from this one by at most two letters. */
    private static Optional<String> nearest(String typed, List<String> known) {
        return known.stream().filter(name -> distance(typed, name) <= 2).findFirst();
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitute, 1 + Math.min(row[j - 1], diagonal));
            }
        }
        return row[b.length()];
    }
}
