package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What to speak, and how. Start with {@link #of} and change what matters.
 *
 * @param text       to speak; not blank. Literals such as {@code <|im_end|>} are spoken, never obeyed
 * @param voice      whose voice
 * @param language   of the text; {@link Language#AUTO} lets the model tell
 * @param instruct   how to speak, in words; empty for none. Honoured by the 1.7B CustomVoice model
 * @param layout     whether the model reads the text ahead or along with the speech
 * @param generation how codes are drawn; empty for what the checkpoint asks for
 * @param seed       of the randomness; empty for another one every time, reported in the stats
 * @param chunks     how many frames are delivered at a time when streaming
 */
public record SynthesisRequest(
        String text,
        Voice voice,
        Language language,
        String instruct,
        TextLayout layout,
        Optional<GenerationOptions> generation,
        OptionalLong seed,
        ChunkSchedule chunks) {

    public SynthesisRequest {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(voice, "voice");
        Objects.requireNonNull(language, "language");
        Objects.requireNonNull(instruct, "instruct");
        Objects.requireNonNull(layout, "layout");
        Objects.requireNonNull(generation, "generation");
        Objects.requireNonNull(seed, "seed");
        Objects.requireNonNull(chunks, "chunks");
        Check.argument(!Check.isBlank(text), "text must not be blank", "text", '"' + text + '"');
    }

    /**
     * A request with everything else as the checkpoint and the official code have it.
     *
     * @param text  to speak; not blank
     * @param voice whose voice
     * @return the request
     */
    public static SynthesisRequest of(String text, Voice voice) {
        return new SynthesisRequest(
                text,
                voice,
                Language.AUTO,
                "",
                TextLayout.MODEL_DEFAULT,
                Optional.empty(),
                OptionalLong.empty(),
                ChunkSchedule.FIRST_AUDIO);
    }

    /**
     * With another text.
     *
     * @param text to speak; not blank
     * @return the changed copy
     */
    public SynthesisRequest withText(String text) {
        return new SynthesisRequest(text, voice, language, instruct, layout, generation, seed, chunks);
    }

    /**
     * With another voice.
     *
     * @param voice whose voice
     * @return the changed copy
     */
    public SynthesisRequest withVoice(Voice voice) {
        return new SynthesisRequest(text, voice, language, instruct, layout, generation, seed, chunks);
    }

    /**
     * With the language of the text.
     *
     * @param language one the checkpoint knows, or {@link Language#AUTO}
     * @return the changed copy
     */
    public SynthesisRequest withLanguage(Language language) {
        return new SynthesisRequest(text, voice, language, instruct, layout, generation, seed, chunks);
    }

    /**
     * With a way to speak.
     *
     * @param instruct in words; empty for none
     * @return the changed copy
     */
    public SynthesisRequest withInstruct(String instruct) {
        return new SynthesisRequest(text, voice, language, instruct, layout, generation, seed, chunks);
    }

    /**
     * With another layout of the text.
     *
     * @param layout whether the model reads the text ahead or along with the speech
     * @return the changed copy
     */
    public SynthesisRequest withLayout(TextLayout layout) {
        return new SynthesisRequest(text, voice, language, instruct, layout, generation, seed, chunks);
    }

    /**
     * With another way to draw codes.
     *
     * @param generation start from {@code TtsEngine.generationDefaults()}
     * @return the changed copy
     */
    public SynthesisRequest withGeneration(GenerationOptions generation) {
        return new SynthesisRequest(text, voice, language, instruct, layout, Optional.of(generation), seed, chunks);
    }

    /**
     * With a seed.
     *
     * @param seed any number
     * @return the changed copy
     */
    public SynthesisRequest withSeed(long seed) {
        return new SynthesisRequest(text, voice, language, instruct, layout, generation, OptionalLong.of(seed), chunks);
    }

    /**
     * With other sizes of chunks.
     *
     * @param chunks how many frames are delivered at a time when streaming
     * @return the changed copy
     */
    public SynthesisRequest withChunks(ChunkSchedule chunks) {
        return new SynthesisRequest(text, voice, language, instruct, layout, generation, seed, chunks);
    }
}
