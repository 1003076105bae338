package io.github.qwen3tts.config;

import java.util.List;

/**
 * Declares one section of a {@code config.yaml}: its name, description and settings. A program that has settings of its
 * own passes its section to {@link Config#read}.
 */
public final class Section {

    private final String name;
    private final String description;
    private final List<Setting<?>> settings;

    private Section(String name, String description, List<Setting<?>> settings) {
        this.name = name;
        this.description = description;
        this.settings = settings;
    }

    /**
     * Declares a section.
     *
     * @param name        in the file
     * @param description one sentence for people
     * @param settings    all that it may hold
     * @return the declaration
     */
    public static Section of(String name, String description, Setting<?>... settings) {
        return new Section(name, description, List.of(settings));
    }

    /**
     * Returns the name in the file.
     *
     * @return such as {@code model_settings}
     */
    public String name() {
        return name;
    }

    String description() {
        return description;
    }

    List<Setting<?>> settings() {
        return settings;
    }

    List<String> settingNames() {
        return settings.stream().<String>map(Setting::name).toList();
    }

    @Override
    public String toString() {
        return "Section[" + name + "]";
    }
}
