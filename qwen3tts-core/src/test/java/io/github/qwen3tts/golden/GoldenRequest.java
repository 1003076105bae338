package io.github.qwen3tts.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.prompt.PromptVocabulary;
import java.util.Locale;

/** What a golden case asked the original model for, as a request to this library. */
public final class GoldenRequest {

    private GoldenRequest() {}

    /**
     * The text of a case, in a voice. The official code drops an instruction that the model does not take, and this
     * library refuses it: such a case is asked for without.
     */
    public static SynthesisRequest of(JsonNode golden, Voice voice) {
        JsonNode inputs = golden.path("inputs");
        boolean described = voice instanceof Voice.Designed;
        return SynthesisRequest.of(inputs.path("text").asText(), voice)
                .withLanguage(Language.of(inputs.path("language").asText()))
                .withInstruct(described || dropsInstruct(golden) ? "" : instruct(golden))
                .withLayout(TextLayout.valueOf(inputs.path("layout").asText().toUpperCase(Locale.ROOT)));
    }

    /** The instruction of a case; empty if there is none. */
    public static String instruct(JsonNode golden) {
        return golden.path("inputs").path("instruct").asText("");
    }

    /** Whether the official code dropped the instruction: the only template it tokenised is that of the text. */
    public static boolean dropsInstruct(JsonNode golden) {
        return !instruct(golden).isEmpty()
                && golden.path("outputs").path("token_ids").size() == 1;
    }

    /** The voice of a case for a model of its kind; vector and codes are those of a cloned voice. */
    public static Voice voice(JsonNode golden, PromptVocabulary model, float[] speakerVector, int[] referenceCodes) {
        JsonNode inputs = golden.path("inputs");
        String speaker = inputs.path("speaker").asText("");
        return switch (inputs.path("mode").asText("")) {
            case "x_vector" -> cloned(model, speakerVector, new int[0], 0, "");
            case "icl" ->
                cloned(
                        model,
                        speakerVector,
                        referenceCodes,
                        golden.path("outputs").path("ref_frames").asInt(),
                        inputs.path("ref_text").asText());
            case "" -> {
                if (!speaker.isEmpty()) {
                    yield Voice.named(speaker);
                }
                boolean described = model.type() == ModelType.VOICE_DESIGN
                        && !instruct(golden).isEmpty();
                yield described ? Voice.designed(instruct(golden)) : Voice.any();
            }
            default -> throw new IllegalArgumentException("unknown mode: " + inputs.path("mode"));
        };
    }

    private static ClonedVoice cloned(
            PromptVocabulary model, float[] vector, int[] codes, int frames, String transcript) {
        return ClonedVoice.of(
                vector,
                codes,
                frames,
                transcript,
                new ClonedVoice.Origin(model.type().published(), model.size(), "golden"));
    }
}
