package io.github.qwen3tts.config;

import io.github.qwen3tts.api.InvalidRequestException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings under one name, checked as they are taken out. */
final class Section {

    private final String name;
    private final Node.Place place;
    private final Map<String, Node> values = new LinkedHashMap<>();

    /**
     * Takes a section that knows some settings; a name that is not among them is refused.
     *
     * @param name  of the section, empty for the whole file
     * @param node  its content, or a node of type NOTHING
     * @param known names it may have
     */
    Section(String name, Node node, List<String> known) {
        this.name = name;
        this.place = node.place();
        if (node.isNothing()) {
            return;
        }
        if (!(node instanceof Node.Mapping mapping)) {
            throw new InvalidRequestException("section must hold settings: " + place + ", section="
                    + (name.isEmpty() ? "(the whole file)" : name) + ", known=" + known);
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

    static List<String> names(List<Setting<?>> settings) {
        return settings.stream().<String>map(Setting::name).toList();
    }

    /** The raw content of a name, for a section inside this one. */
    Node node(String key) {
        return values.getOrDefault(key, new Node.Scalar(place, Node.Type.NOTHING, ""));
    }

    /** The value, or what it is unless said. */
    <T> T get(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() -> new InvalidRequestException("setting is missing: " + place + ", setting="
                        + path(setting.name()) + "; it holds " + setting.kind().expected()));
    }

    /** The value, what it is unless said, or empty if neither is there. */
    <T> Optional<T> find(Setting<T> setting) {
        Node node = node(setting.name());
        if (node.isNothing()) {
            return setting.fallback();
        }
        Optional<T> value = setting.kind().read(node);
        if (value.isEmpty()) {
            throw wrong(setting, setting.kind().expected());
        }
        return value;
    }

    /** For a rule that the kind of a setting does not know. */
    InvalidRequestException wrong(Setting<?> setting, String expected) {
        Node node = node(setting.name());
        String actual = node instanceof Node.Scalar scalar && !setting.secret() ? scalar.text() : "(not shown)";
        return new InvalidRequestException("wrong value: " + node.place() + ", setting=" + path(setting.name())
                + ", expected=" + expected + ", actual=" + actual);
    }

    private String path(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }

    /** A known name that a slip of the finger makes of this one. */
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
