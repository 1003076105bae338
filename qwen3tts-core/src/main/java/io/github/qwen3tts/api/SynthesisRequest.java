package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * Says what to speak, and how. Start with {@link #of} and change what matters; what is not said is the model's own.
 * Immutable.
 *
 * <pre>{@code
 * SynthesisRequest request = SynthesisRequest.of("Good morning.")
 *         .withVoice(Voice.named("ryan"))
 *         .withLanguage(Language.of("en"))
 *         .withSeed(7);
 * }</pre>
 *
 * @since 0.1.0
 */
public final class SynthesisRequest {

    private final String text;
    private final Optional<Voice> voice;
    private final Language language;
    private final String instruct;
    private final TextLayout layout;
    private final SamplingOptions sampling;
    private final Optional<Duration> maxDuration;
    private final OptionalLong seed;
    private final ChunkSchedule chunks;

    private SynthesisRequest(
            String text,
            Optional<Voice> voice,
            Language language,
            String instruct,
            TextLayout layout,
            SamplingOptions sampling,
            Optional<Duration> maxDuration,
            OptionalLong seed,
            ChunkSchedule chunks) {
        this.text = Objects.requireNonNull(text, "text");
        this.voice = voice;
        this.language = Objects.requireNonNull(language, "language");
        this.instruct = Objects.requireNonNull(instruct, "instruct");
        this.layout = Objects.requireNonNull(layout, "layout");
        this.sampling = Objects.requireNonNull(sampling, "sampling");
        this.maxDuration = maxDuration;
        this.seed = seed;
        this.chunks = Objects.requireNonNull(chunks, "chunks");
        Check.argument(!Check.isBlank(text), "text must not be blank", "text", '"' + text + '"');
    }

    /**
     * Creates a request for a text in the model's default voice: its first preset speaker. A model without presets
     * refuses the request and says which calls give it a voice.
     *
     * @param text to speak; not blank. Literals such as {@code <|im_end|>} are spoken, never obeyed
     * @return the request
     * @throws InvalidRequestException if the text is blank
     */
    public static SynthesisRequest of(String text) {
        return new SynthesisRequest(
                text,
                Optional.empty(),
                Language.AUTO,
                "",
                TextLayout.MODEL_DEFAULT,
                SamplingOptions.MODEL_DEFAULT,
                Optional.empty(),
                OptionalLong.empty(),
                ChunkSchedule.FIRST_AUDIO);
    }

    /**
     * Creates a request for a text in a voice.
     *
     * @param text  to speak; not blank
     * @param voice whose voice
     * @return the request
     * @throws InvalidRequestException if the text is blank
     */
    public static SynthesisRequest of(String text, Voice voice) {
        return of(text).withVoice(voice);
    }

    /**
     * Sets the text.
     *
     * @param text to speak; not blank
     * @return the changed copy
     * @throws InvalidRequestException if the text is blank
     */
    public SynthesisRequest withText(String text) {
        return new SynthesisRequest(text, voice, language, instruct, layout, sampling, maxDuration, seed, chunks);
    }

    /**
     * Sets the voice.
     *
     * @param voice whose voice
     * @return the changed copy
     */
    public SynthesisRequest withVoice(Voice voice) {
        Objects.requireNonNull(voice, "voice");
        return new SynthesisRequest(
                text, Optional.of(voice), language, instruct, layout, sampling, maxDuration, seed, chunks);
    }

    /**
     * Sets the language of the text.
     *
     * @param language one the checkpoint knows, or {@link Language#AUTO}, by which the model detects it
     * @return the changed copy
     */
    public SynthesisRequest withLanguage(Language language) {
        return new SynthesisRequest(text, voice, language, instruct, layout, sampling, maxDuration, seed, chunks);
    }

    /**
     * Sets a way to speak, such as "very slowly". Only the 1.7B CustomVoice model takes one; others refuse it.
     *
     * @param instruct in words; empty for none
     * @return the changed copy
     */
    public SynthesisRequest withInstruct(String instruct) {
        return new SynthesisRequest(text, voice, language, instruct, layout, sampling, maxDuration, seed, chunks);
    }

    /**
     * Sets how the text enters the model.
     *
     * @param layout whether the model reads the text ahead of the speech or along with it
     * @return the changed copy
     */
    public SynthesisRequest withLayout(TextLayout layout) {
        return new SynthesisRequest(text, voice, language, instruct, layout, sampling, maxDuration, seed, chunks);
    }

    /**
     * Changes how codes are drawn.
     *
     * @param change of the options set so far, for example {@code s -> s.temperature(0.7f)}
     * @return the changed copy
     */
    public SynthesisRequest withSampling(UnaryOperator<SamplingOptions> change) {
        return withSampling(change.apply(sampling));
    }

    /**
     * Sets how codes are drawn.
     *
     * @param sampling what differs from the checkpoint's own options
     * @return the changed copy
     */
    public SynthesisRequest withSampling(SamplingOptions sampling) {
        return new SynthesisRequest(text, voice, language, instruct, layout, sampling, maxDuration, seed, chunks);
    }

    /**
     * Limits the length of the speech, which then ends with {@link FinishReason#FRAME_LIMIT}.
     *
     * @param maxDuration at least one frame of 80 ms; rounded down to whole frames
     * @return the changed copy
     * @throws InvalidRequestException if it is shorter than a frame
     */
    public SynthesisRequest withMaxDuration(Duration maxDuration) {
        Check.argument(
                maxDuration.compareTo(Duration.ofMillis(80)) >= 0,
                "maxDuration must be at least one frame of 80 ms",
                "maxDuration",
                maxDuration);
        return new SynthesisRequest(
                text, voice, language, instruct, layout, sampling, Optional.of(maxDuration), seed, chunks);
    }

    /**
     * Sets the seed of the randomness. The same seed and request give the same codes always, and the same samples for
     * the same chunks; whole and streamed audio differ in the last bit of some samples.
     *
     * @param seed any number
     * @return the changed copy
     */
    public SynthesisRequest withSeed(long seed) {
        return new SynthesisRequest(
                text, voice, language, instruct, layout, sampling, maxDuration, OptionalLong.of(seed), chunks);
    }

    /**
     * Sets the sizes of chunks.
     *
     * @param chunks how many frames are delivered at a time when streaming
     * @return the changed copy
     */
    public SynthesisRequest withChunks(ChunkSchedule chunks) {
        return new SynthesisRequest(text, voice, language, instruct, layout, sampling, maxDuration, seed, chunks);
    }

    /**
     * Returns the text.
     *
     * @return not blank
     */
    public String text() {
        return text;
    }

    /**
     * Returns the voice.
     *
     * @return empty for the model's default
     */
    public Optional<Voice> voice() {
        return voice;
    }

    /**
     * Returns the language of the text.
     *
     * @return {@link Language#AUTO} if the model detects it
     */
    public Language language() {
        return language;
    }

    /**
     * Returns the way to speak.
     *
     * @return in words; empty for none
     */
    public String instruct() {
        return instruct;
    }

    /**
     * Returns how the text enters the model.
     *
     * @return the layout
     */
    public TextLayout layout() {
        return layout;
    }

    /**
     * Returns how codes are drawn.
     *
     * @return what differs from the checkpoint's own options
     */
    public SamplingOptions sampling() {
        return sampling;
    }

    /**
     * Returns the longest duration of the speech.
     *
     * @return empty for the checkpoint's own limit
     */
    public Optional<Duration> maxDuration() {
        return maxDuration;
    }

    /**
     * Returns the seed.
     *
     * @return empty for another one every time, which the statistics report
     */
    public OptionalLong seed() {
        return seed;
    }

    /**
     * Returns the sizes of chunks.
     *
     * @return how many frames are delivered at a time when streaming
     */
    public ChunkSchedule chunks() {
        return chunks;
    }

    private Object[] parts() {
        return new Object[] {text, voice, language, instruct, layout, sampling, maxDuration, seed, chunks};
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SynthesisRequest that && Objects.deepEquals(parts(), that.parts());
    }

    @Override
    public int hashCode() {
        return Objects.hash(parts());
    }

    /** Shows everything but the text, which may be private, of which it shows the length. */
    @Override
    public String toString() {
        return "SynthesisRequest[text of " + text.length() + " characters, voice="
                + voice.map(Object::toString).orElse("default") + ", language=" + language + ", layout=" + layout + ", "
                + sampling + ", maxDuration="
                + maxDuration.map(Object::toString).orElse("default") + ", seed="
                + (seed.isPresent() ? seed.getAsLong() : "random") + ", " + chunks + "]";
    }
}
