package io.github.qwen3tts.api;

import java.util.Optional;

/** Which kind of voice a checkpoint speaks with. */
public enum ModelType {

    /** Clones the voice of a clip. */
    BASE("base", TextLayout.STREAMING),

    /** Has preset speakers. */
    CUSTOM_VOICE("custom_voice", TextLayout.NON_STREAMING),

    /** Makes a voice from a description. */
    VOICE_DESIGN("voice_design", TextLayout.NON_STREAMING);

    private final String published;
    private final TextLayout defaultLayout;

    ModelType(String published, TextLayout defaultLayout) {
        this.published = published;
        this.defaultLayout = defaultLayout;
    }

    /**
     * A type by its name in config.json.
     *
     * @param published the name
     * @return the type, or empty if no model has this name
     */
    public static Optional<ModelType> of(String published) {
        for (ModelType type : values()) {
            if (type.published.equals(published)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /**
     * The name in config.json.
     *
     * @return {@code base}, {@code custom_voice} or {@code voice_design}
     */
    public String published() {
        return published;
    }

    /**
     * How text enters the model in the official code.
     *
     * @return {@link TextLayout#STREAMING} or {@link TextLayout#NON_STREAMING}
     */
    public TextLayout defaultLayout() {
        return defaultLayout;
    }
}
