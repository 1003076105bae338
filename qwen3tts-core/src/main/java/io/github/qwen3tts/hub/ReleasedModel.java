package io.github.qwen3tts.hub;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The Qwen3-TTS checkpoints that were released, with a short name for each. */
public enum ReleasedModel {
    /** 0.6B, speaks in a voice cloned from a recording. */
    BASE_0_6B("Qwen/Qwen3-TTS-12Hz-0.6B-Base", "0.6b-base"),
    /** 1.7B, speaks in a voice cloned from a recording. */
    BASE_1_7B("Qwen/Qwen3-TTS-12Hz-1.7B-Base", "1.7b-base"),
    /** 0.6B with nine named speakers. */
    CUSTOM_VOICE_0_6B("Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice", "0.6b-custom-voice"),
    /** 1.7B with nine named speakers that take instructions. */
    CUSTOM_VOICE_1_7B("Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice", "1.7b-custom-voice"),
    /** 1.7B, speaks in a voice described in words. */
    VOICE_DESIGN_1_7B("Qwen/Qwen3-TTS-12Hz-1.7B-VoiceDesign", "1.7b-voice-design");

    private final String repository;
    private final String shortName;

    ReleasedModel(String repository, String shortName) {
        this.repository = repository;
        this.shortName = shortName;
    }

    /**
     * Where it was released.
     *
     * @return {@code owner/name} on the hub
     */
    public String repository() {
        return repository;
    }

    /**
     * What people type.
     *
     * @return such as {@code 0.6b-custom-voice}
     */
    public String shortName() {
        return shortName;
    }

    /**
     * Looks a model up, in any case of letters.
     *
     * @param name the short name, the repository, or the repository without its owner
     * @return the model, or empty
     */
    public static Optional<ReleasedModel> named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(model -> model.shortName.equals(wanted)
                        || model.repository.toLowerCase(Locale.ROOT).equals(wanted)
                        || model.repository.toLowerCase(Locale.ROOT).equals("qwen/" + wanted))
                .findFirst();
    }

    /** The names for an error message. */
    static String list() {
        return Arrays.stream(values())
                .map(model -> model.shortName + " = " + model.repository)
                .collect(Collectors.joining(", "));
    }
}
