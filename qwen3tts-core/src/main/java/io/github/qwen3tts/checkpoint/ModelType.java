package io.github.qwen3tts.checkpoint;

/** Which kind of voice a checkpoint speaks with. */
public enum ModelType {
    /** Clones the voice of a clip. */
    BASE("base"),
    /** Has preset speakers. */
    CUSTOM_VOICE("custom_voice"),
    /** Makes a voice from a description. */
    VOICE_DESIGN("voice_design");

    private final String published;

    ModelType(String published) {
        this.published = published;
    }

    /**
     * The name in config.json.
     *
     * @return {@code base}, {@code custom_voice} or {@code voice_design}
     */
    public String published() {
        return published;
    }

    static ModelType of(ConfigNode root) {
        String name = root.text("tts_model_type");
        for (ModelType type : values()) {
            if (type.published.equals(name)) {
                return type;
            }
        }
        throw root.wrong("tts_model_type", "base, custom_voice or voice_design");
    }
}
