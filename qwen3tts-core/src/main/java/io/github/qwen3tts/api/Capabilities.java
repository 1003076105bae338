package io.github.qwen3tts.api;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Tells what a loaded model can do, and within which limits. Immutable.
 *
 * @since 0.1.0
 */
public final class Capabilities {

    private final ModelType type;
    private final String size;
    private final List<Speaker> speakers;
    private final List<Language> languages;
    private final boolean instruct;
    private final SamplingOptions sampling;
    private final int maxTextTokens;
    private final Duration maxDuration;

    private Capabilities(
            ModelType type,
            String size,
            List<Speaker> speakers,
            List<Language> languages,
            boolean instruct,
            SamplingOptions sampling,
            int maxTextTokens,
            Duration maxDuration) {
        this.type = type;
        this.size = size;
        this.speakers = List.copyOf(speakers);
        this.languages = List.copyOf(languages);
        this.instruct = instruct;
        this.sampling = sampling;
        this.maxTextTokens = maxTextTokens;
        this.maxDuration = maxDuration;
    }

    /**
     * Creates capabilities without voices, languages or limits, for implementations of {@link SpeechSynthesizer} and
     * tests.
     *
     * @param type which kind of voice the model speaks with
     * @param size such as {@code 0.6B}
     * @return the capabilities
     */
    public static Capabilities of(ModelType type, String size) {
        return new Capabilities(
                Objects.requireNonNull(type, "type"),
                Objects.requireNonNull(size, "size"),
                List.of(),
                List.of(Language.AUTO),
                false,
                SamplingOptions.MODEL_DEFAULT,
                Integer.MAX_VALUE,
                Duration.ofDays(1));
    }

    /**
     * Sets the preset speakers.
     *
     * @param speakers the default first
     * @return the changed copy
     */
    public Capabilities withSpeakers(List<Speaker> speakers) {
        return new Capabilities(type, size, speakers, languages, instruct, sampling, maxTextTokens, maxDuration);
    }

    /**
     * Sets the languages.
     *
     * @param languages {@link Language#AUTO} among them
     * @return the changed copy
     */
    public Capabilities withLanguages(List<Language> languages) {
        return new Capabilities(type, size, speakers, languages, instruct, sampling, maxTextTokens, maxDuration);
    }

    /**
     * Sets whether a request may say how to speak.
     *
     * @param instruct whether it may
     * @return the changed copy
     */
    public Capabilities withInstruct(boolean instruct) {
        return new Capabilities(type, size, speakers, languages, instruct, sampling, maxTextTokens, maxDuration);
    }

    /**
     * Sets how codes are drawn by default.
     *
     * @param sampling the checkpoint's options
     * @return the changed copy
     */
    public Capabilities withSampling(SamplingOptions sampling) {
        return new Capabilities(type, size, speakers, languages, instruct, sampling, maxTextTokens, maxDuration);
    }

    /**
     * Sets the limits of a request.
     *
     * @param maxTextTokens of the text
     * @param maxDuration   of the speech, if its prompt is empty
     * @return the changed copy
     */
    public Capabilities withLimits(int maxTextTokens, Duration maxDuration) {
        return new Capabilities(type, size, speakers, languages, instruct, sampling, maxTextTokens, maxDuration);
    }

    /**
     * Returns which kind of voice the model speaks with.
     *
     * @return the type
     */
    public ModelType type() {
        return type;
    }

    /**
     * Returns the size of the model.
     *
     * @return such as {@code 0.6B}
     */
    public String size() {
        return size;
    }

    /**
     * Returns the preset speakers, for {@link Voice#named}.
     *
     * @return the default first; empty but for CustomVoice models
     */
    public List<Speaker> speakers() {
        return speakers;
    }

    /**
     * Returns the languages, for {@link SynthesisRequest#withLanguage}.
     *
     * @return {@link Language#AUTO} first
     */
    public List<Language> languages() {
        return languages;
    }

    /**
     * Tells whether {@link SynthesisRequest#withInstruct} is taken.
     *
     * @return true for the 1.7B CustomVoice and VoiceDesign models
     */
    public boolean takesInstruct() {
        return instruct;
    }

    /**
     * Tells whether the model speaks with {@link Voice#fromClip cloned voices}.
     *
     * @return true for Base models
     */
    public boolean clonesVoices() {
        return type == ModelType.BASE;
    }

    /**
     * Tells whether the model speaks with {@link Voice#designed described voices}.
     *
     * @return true for VoiceDesign models
     */
    public boolean designsVoices() {
        return type == ModelType.VOICE_DESIGN;
    }

    /**
     * Returns how codes are drawn unless a request says otherwise.
     *
     * @return the checkpoint's options, all of them set
     */
    public SamplingOptions sampling() {
        return sampling;
    }

    /**
     * Returns the longest text of a request, in tokens as {@code TtsEngine.tokens} counts them.
     *
     * @return tokens
     */
    public int maxTextTokens() {
        return maxTextTokens;
    }

    /**
     * Returns the longest speech of a request; its prompt shortens that by 80 ms a position.
     *
     * @return the duration
     */
    public Duration maxDuration() {
        return maxDuration;
    }

    private Object[] parts() {
        return new Object[] {type, size, speakers, languages, instruct, sampling, maxTextTokens, maxDuration};
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Capabilities that && Objects.deepEquals(parts(), that.parts());
    }

    @Override
    public int hashCode() {
        return Objects.hash(parts());
    }

    @Override
    public String toString() {
        return "Capabilities[" + type + " " + size + ", speakers=" + speakers + ", languages=" + languages
                + ", instruct=" + instruct + ", maxTextTokens=" + maxTextTokens + ", maxDuration=" + maxDuration + "]";
    }
}
