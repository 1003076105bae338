package io.github.qwen3tts.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Declares one setting of a {@link Section}: its name, type, default and description. The reader and the JSON schema are
 * both derived from these declarations. A setting is optional unless {@link #required} or {@link #withDefault} says
 * otherwise. Immutable; declare it once, in a constant, because {@link Config#get} finds its value by identity.
 *
 * @param <T> the type of its value
 */
public final class Setting<T> {

    private final String name;
    private final Kind<T> kind;
    private final String description;
    private final Optional<T> fallback;
    private final boolean required;
    private final boolean secret;

    private Setting(
            String name, Kind<T> kind, String description, Optional<T> fallback, boolean required, boolean secret) {
        this.name = name;
        this.kind = kind;
        this.description = description;
        this.fallback = fallback;
        this.required = required;
        this.secret = secret;
    }

    private static <T> Setting<T> of(String name, Kind<T> kind, String description) {
        return new Setting<>(name, kind, description, Optional.empty(), false, false);
    }

    /**
     * Declares a text. Numbers and truth values need quotes in the file.
     *
     * @param name        in the file
     * @param description one sentence for people
     * @return an optional setting
     */
    public static Setting<String> text(String name, String description) {
        return of(name, Kind.text(), description);
    }

    /**
     * Declares one of a few words, read in any case and returned in lower case.
     *
     * @param name        in the file
     * @param words       in lower case
     * @param description one sentence for people
     * @return an optional setting
     */
    public static Setting<String> choice(String name, List<String> words, String description) {
        return of(name, Kind.choice(List.copyOf(words)), description);
    }

    /**
     * Declares a text that must match a pattern as a whole.
     *
     * @param name        in the file
     * @param pattern     in the syntax that Java and JSON schemas share
     * @param form        what the pattern demands, in words, for messages
     * @param description one sentence for people
     * @return an optional setting
     */
    public static Setting<String> pattern(String name, Pattern pattern, String form, String description) {
        return of(name, Kind.pattern(pattern, form), description);
    }

    /**
     * Declares a truth value.
     *
     * @param name        in the file
     * @param description one sentence for people
     * @return an optional setting
     */
    public static Setting<Boolean> flag(String name, String description) {
        return of(name, Kind.flag(), description);
    }

    /**
     * Declares a whole number.
     *
     * @param name        in the file
     * @param min         smallest allowed value
     * @param max         largest allowed value
     * @param description one sentence for people
     * @return an optional setting
     */
    public static Setting<Integer> integer(String name, int min, int max, String description) {
        return of(name, Kind.integer(min, max), description);
    }

    /**
     * Declares a path. It is resolved against the folder of the file; a leading tilde is the home directory; a blank one
     * counts as absent.
     *
     * @param name        in the file
     * @param description one sentence for people
     * @return an optional setting
     */
    public static Setting<Path> path(String name, String description) {
        return of(name, Kind.path(), description);
    }

    /**
     * Declares a list of texts.
     *
     * @param name        in the file
     * @param description one sentence for people
     * @return an optional setting
     */
    public static Setting<List<String>> list(String name, String description) {
        return of(name, Kind.list(), description);
    }

    /**
     * Declares texts by name.
     *
     * @param name        in the file
     * @param description one sentence for people
     * @return an optional setting
     */
    public static Setting<Map<String, String>> map(String name, String description) {
        return of(name, Kind.map(), description);
    }

    /**
     * Returns a copy with a default.
     *
     * @param value the value where the file gives none
     * @return the changed copy
     */
    public Setting<T> withDefault(T value) {
        return new Setting<>(name, kind, description, Optional.of(value), false, secret);
    }

    /**
     * Returns a copy that a file must give a value for.
     *
     * @return the changed copy
     */
    public Setting<T> required() {
        return new Setting<>(name, kind, description, Optional.empty(), true, secret);
    }

    /**
     * Returns a copy whose value appears in neither logs nor messages.
     *
     * @return the changed copy
     */
    public Setting<T> secret() {
        return new Setting<>(name, kind, description, fallback, required, true);
    }

    /**
     * Returns the name in the file.
     *
     * @return such as {@code model_path}
     */
    public String name() {
        return name;
    }

    Kind<T> kind() {
        return kind;
    }

    String description() {
        return description;
    }

    /** The default; empty if it is required, or absent where the file gives no value. */
    Optional<T> fallback() {
        return fallback;
    }

    boolean isRequired() {
        return required;
    }

    boolean isSecret() {
        return secret;
    }

    @Override
    public String toString() {
        return "Setting[" + name + "]";
    }
}
