package io.github.qwen3tts.internal.prompt;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Decides whether a request fits the model. Every rule that depends on the model is here and nowhere else; each refusal
 * names the values and what would fit. Immutable; any number of threads may share one.
 */
public final class RequestRules {

    /** Draws of code group 0 that make one frame: the last draw of a speech never becomes a frame. */
    private static final int FEWEST_DRAWS = 2;

    /**
     * Sizes that a request has to fit.
     *
     * @param speakerWidth     numbers of a speaker vector
     * @param codeGroups       codes per frame of a reference
     * @param codebookSize     codes of a group
     * @param contextPositions positions the model was trained for
     * @param maxTextTokens    tokens that the text, the instruction and the transcript may each have, {@code >= 1}
     */
    public record Sizes(int speakerWidth, int codeGroups, int codebookSize, int contextPositions, int maxTextTokens) {

        /**
         * Checks the limit that callers choose.
         *
         * @throws InvalidRequestException if it is less than 1
         */
        public Sizes {
            Check.argument(maxTextTokens >= 1, "maxTextTokens must be >= 1", "maxTextTokens", maxTextTokens);
        }
    }

    private final Path directory;
    private final PromptVocabulary model;
    private final Sizes sizes;

    /**
     * Rules of one checkpoint.
     *
     * @param directory of the checkpoint, for messages
     * @param model     kind of the model, its speakers and its languages
     * @param sizes     to fit
     */
    public RequestRules(Path directory, PromptVocabulary model, Sizes sizes) {
        this.directory = directory;
        this.model = model;
        this.sizes = sizes;
    }

    PromptVocabulary model() {
        return model;
    }

    /**
     * Gives a request without a voice the first preset speaker.
     *
     * @param request with a voice or without
     * @return the request with a voice
     * @throws InvalidRequestException if the model has no preset speaker; the message says which calls give it a voice
     */
    public SynthesisRequest withVoice(SynthesisRequest request) {
        if (request.voice().isPresent()) {
            return request;
        }
        if (model.speakerNames().isEmpty()) {
            String calls = model.type() == ModelType.BASE
                    ? "Voice.fromClip or Voice.load"
                    : "Voice.designed, or Voice.any() for another voice with every seed";
            throw new InvalidRequestException(Check.message(
                            "this model has no preset speaker: give the request a voice",
                            "type",
                            model.type().published(),
                            "directory",
                            directory)
                    + "; with " + calls);
        }
        return request.withVoice(Voice.named(model.speakerNames().get(0)));
    }

    /**
     * Refuses a request that the model cannot speak. Takes no time: its text is not tokenised, its clip not encoded.
     *
     * @param request what to speak
     * @throws InvalidRequestException if voice, instruction or language do not fit the model
     */
    public void check(SynthesisRequest request) {
        checkVoice(request.voice().orElseThrow());
        checkInstruct(request);
        checkLanguage(request.language());
    }

    /**
     * Refuses to clone unless the model speaks with cloned voices.
     *
     * @throws InvalidRequestException if it does not
     */
    public void checkCloning() {
        checkKind(ModelType.BASE, "a cloned voice");
    }

    private void checkVoice(Voice voice) {
        if (voice instanceof Voice.Named named) {
            checkKind(ModelType.CUSTOM_VOICE, "a preset speaker");
            Check.argument(
                    model.hasSpeaker(named),
                    "unknown speaker",
                    "speaker",
                    named.speaker(),
                    "known",
                    model.speakerNames());
        } else if (voice instanceof Voice.Designed) {
            checkKind(ModelType.VOICE_DESIGN, "a described voice");
        } else if (voice instanceof ClonedVoice cloned) {
            checkCloning();
            checkMaker(cloned);
            checkReference(cloned);
        } else if (voice instanceof Voice.Clip) {
            checkCloning();
        } else if (model.type() == ModelType.BASE) {
            throw refused("an open voice needs a custom_voice or voice_design checkpoint");
        }
    }

    private void checkKind(ModelType needed, String voice) {
        if (model.type() != needed) {
            throw refused(voice + " needs a " + needed.published() + " checkpoint");
        }
    }

    private InvalidRequestException refused(String rule) {
        String offer = switch (model.type()) {
            case BASE -> "give this one a clip of a voice";
            case CUSTOM_VOICE -> "or name one of " + model.speakerNames();
            case VOICE_DESIGN -> "or describe a voice";
        };
        return new InvalidRequestException(
                Check.message(rule, "type", model.type().published(), "directory", directory) + "; " + offer);
    }

    /** A fine-tuned checkpoint of the same kind and size speaks with it as well. */
    private void checkMaker(ClonedVoice voice) {
        ClonedVoice.Origin maker = voice.origin();
        Check.argument(
                maker.modelType().equals(model.type().published())
                        && maker.modelSize().equals(model.size())
                        && voice.speakerVector().length == sizes.speakerWidth(),
                "voice was cloned by another model; clone it again with this one",
                "voiceModel",
                maker.modelType() + " " + maker.modelSize() + " of width " + voice.speakerVector().length,
                "model",
                model.type().published() + " " + model.size() + " of width " + sizes.speakerWidth(),
                "directory",
                directory);
    }

    private void checkReference(ClonedVoice voice) {
        int highest = Arrays.stream(voice.referenceCodes()).max().orElse(0);
        Check.argument(
                (voice.frames() == 0 || voice.codeGroups() == sizes.codeGroups()) && highest < sizes.codebookSize(),
                "codes of the voice do not fit the codec of the model; clone it again",
                "codeGroups",
                voice.codeGroups(),
                "expected",
                sizes.codeGroups(),
                "highestCode",
                highest,
                "codebookSize",
                sizes.codebookSize());
    }

    private void checkInstruct(SynthesisRequest request) {
        String instruct = request.instruct();
        Check.argument(
                instruct.isEmpty() || !(request.voice().orElseThrow() instanceof Voice.Designed),
                "a designed voice is described once: put how to speak into its description",
                "instruct",
                instruct);
        Check.argument(
                instruct.isEmpty() || model.instructSupported(),
                "this checkpoint takes no instruction; the 1.7B CustomVoice and VoiceDesign models do",
                "type",
                model.type().published(),
                "size",
                model.sizeName(),
                "instruct",
                instruct);
    }

    private void checkLanguage(Language language) {
        Check.argument(
                model.languageNames().contains(language.name()),
                "unknown language",
                "language",
                language.name(),
                "known",
                model.languageNames());
    }

    /** Refuses a text of more tokens than a request may have; {@code what} names it. */
    void checkTokens(String what, int tokens) {
        if (tokens > sizes.maxTextTokens()) {
            throw new InvalidRequestException(Check.message(
                            what + " too long for one request",
                            "tokens",
                            tokens,
                            "maxTextTokens",
                            sizes.maxTextTokens())
                    + "; split it, or raise the limit");
        }
    }

    /**
     * Limits a speech to the positions that its prompt leaves.
     *
     * @param generation   how codes are drawn
     * @param prompt       positions of the prompt
     * @param maxPositions prompt positions and frames that a stream has room for together
     * @return the options, with no more draws than there is room for
     * @throws InvalidRequestException if the prompt leaves no room
     */
    public GenerationOptions fit(GenerationOptions generation, int prompt, int maxPositions) {
        if (prompt >= maxPositions) {
            boolean context = maxPositions == sizes.contextPositions();
            throw new InvalidRequestException(Check.message(
                            "prompt fills the " + (context ? "model's context" : "memory reserved per stream"),
                            "promptPositions",
                            prompt,
                            "maxPositions",
                            maxPositions)
                    + "; split the text" + (context ? "" : ", or raise maxFrames"));
        }
        int room = Math.max(FEWEST_DRAWS, maxPositions - prompt);
        return generation.withMaxNewTokens(Math.min(generation.maxNewTokens(), room));
    }
}
