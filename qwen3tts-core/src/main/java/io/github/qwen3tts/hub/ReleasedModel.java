package io.github.qwen3tts.hub;

import io.github.qwen3tts.api.InvalidRequestException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The Qwen3-TTS checkpoints that were released, with a short name for each. */
enum ReleasedModel {
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

    private static final Set<String> OWNERS = Set.of("qwen", "qwen3", "qwenlm", "qwen3tts");
    private static final String FAMILY = "qwen3tts";
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)b(?![a-z])", Pattern.CASE_INSENSITIVE);
    private static final int OTHER_SIZE = 4;

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
    String repository() {
        return repository;
    }

    /**
     * What people type.
     *
     * @return such as {@code 0.6b-custom-voice}
     */
    String shortName() {
        return shortName;
    }

    /**
     * Looks a model up, in any case of letters.
     *
     * @param name the short name, the repository, or the repository without its owner
     * @return the model, or empty
     */
    static Optional<ReleasedModel> named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(model -> model.shortName.equals(wanted)
                        || model.repository.toLowerCase(Locale.ROOT).equals(wanted)
                        || model.repository.toLowerCase(Locale.ROOT).equals("qwen/" + wanted))
                .findFirst();
    }

    /**
     * Refuses a name that looks like a released model's but is none. Names of other owners, such as fine-tuned models, may
     * begin likewise.
     *
     * @param name what a user typed, or a repository
     * @throws InvalidRequestException naming the nearest released model
     */
    static void checkExists(String name) {
        String[] parts = name.split("/", -1);
        String owner = parts.length == 1 ? "qwen" : letters(parts[0]);
        if (parts.length <= 2
                && OWNERS.contains(owner)
                && letters(parts[parts.length - 1]).startsWith(FAMILY)
                && named(name).isEmpty()) {
            throw new InvalidRequestException("unknown model: model=" + name + "; did you mean "
                    + nearest(parts[parts.length - 1]).repository + "?");
        }
    }

    private static ReleasedModel nearest(String name) {
        return Arrays.stream(values())
                .min(Comparator.comparingInt(model -> model.distance(name)))
                .orElseThrow();
    }

    /** Returns the number of letters to change, with a penalty for another size. */
    private int distance(String name) {
        int letters = EditDistance.between(letters(name), letters(repository.substring("Qwen/".length())));
        OptionalDouble wanted = billions(name);
        boolean otherSize = wanted.isPresent()
                && isSmall(wanted.getAsDouble()) != isSmall(billions(repository).getAsDouble());
        return letters + (otherSize ? OTHER_SIZE : 0);
    }

    private static boolean isSmall(double billions) {
        return billions < 1;
    }

    /** Returns the size that a name tells: 1.5 for {@code 1.5B}. */
    private static OptionalDouble billions(String name) {
        Matcher size = SIZE.matcher(name);
        return size.find() ? OptionalDouble.of(Double.parseDouble(size.group(1))) : OptionalDouble.empty();
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    static List<String> names() {
        return Arrays.stream(values()).map(ReleasedModel::repository).toList();
    }

    /** The names for an error message. */
    static String list() {
        return Arrays.stream(values())
                .map(model -> model.shortName + " = " + model.repository)
                .collect(Collectors.joining(", "));
    }
}
