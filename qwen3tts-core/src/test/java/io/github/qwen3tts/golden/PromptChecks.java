package io.github.qwen3tts.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.EmbeddedPrompt;
import io.github.qwen3tts.internal.model.PromptEmbedder;
import io.github.qwen3tts.internal.model.TalkerPrompt;
import io.github.qwen3tts.internal.prompt.CodecSide;
import io.github.qwen3tts.internal.prompt.PromptBuilder;
import io.github.qwen3tts.internal.prompt.PromptLayout;
import io.github.qwen3tts.internal.prompt.PromptRequest;
import io.github.qwen3tts.internal.prompt.PromptVoice;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Lays golden texts out as prompts: ids of every template, positions, and the rows the talker reads. */
final class PromptChecks {

    private static final int MAX_TEXT_TOKENS = 100_000;

    private static final Map<String, PretokenizerRule> RULES =
            Map.of("R1", PretokenizerRule.QWEN2, "R2", PretokenizerRule.MISTRAL);

    private final Checkpoint checkpoint;
    private final PromptEmbedder embedder;

    PromptChecks(Checkpoint checkpoint, PromptEmbedder embedder) {
        this.checkpoint = checkpoint;
        this.embedder = embedder;
    }

    /** What the golden fixtures call a rule. */
    static PretokenizerRule rule(String golden) {
        PretokenizerRule rule = RULES.get(golden);
        if (rule == null) {
            throw new IllegalArgumentException("unknown rule: " + golden);
        }
        return rule;
    }

    /** The prompt of a text, embedded; a cloned voice is the golden one. */
    EmbeddedPrompt check(GoldenCase golden, Report report) throws IOException {
        Tokenizer tokenizer = Tokenizer.load(
                checkpoint.directory(), rule(golden.input("tokenizer_rule").asText()));
        PromptBuilder builder = new PromptBuilder(tokenizer, checkpoint.config().prompt(), MAX_TEXT_TOKENS);
        PromptLayout layout = builder.layout(request(golden));
        tokens(golden.output("token_ids"), layout, report);
        report.equal(
                "prompt_positions",
                golden.output("prompt_positions").asInt(),
                layout.rows().size());
        report.equal("trailing_rows", golden.output("trailing_rows").asInt(), layout.trailing().length);
        if (!golden.output("icl_codec_rows").isMissingNode()) {
            clip(golden, layout, report);
        }
        float[] speaker = golden.has("speaker_embedding") ? golden.floats("speaker_embedding") : new float[0];
        int[] codes = golden.has("ref_codes") ? golden.integers("ref_codes") : new int[0];
        EmbeddedPrompt prompt = embedder.embed(new TalkerPrompt(layout, speaker, codes));
        report.close("prompt_embeds", golden.floats("prompt_embeds"), prompt.rows(), Tolerance.EMBEDDINGS);
        report.close("trailing", golden.floats("trailing"), prompt.trailing(), Tolerance.EMBEDDINGS);
        report.close("tts_pad_embed", golden.floats("tts_pad_embed"), prompt.pad(), Tolerance.EMBEDDINGS);
        return prompt;
    }

    /** Templates in the order they were tokenised: the target, then the instruction, then the transcript. */
    private static void tokens(JsonNode expected, PromptLayout layout, Report report) {
        List<int[]> templates = new ArrayList<>();
        templates.add(layout.tokens().target());
        for (int[] ids : List.of(layout.tokens().instruct(), layout.tokens().reference())) {
            if (ids.length > 0) {
                templates.add(ids);
            }
        }
        report.equal("templates", expected.size(), templates.size());
        for (int i = 0; i < Math.min(templates.size(), expected.size()); i++) {
            report.equal("token_ids." + i, ints(expected.get(i).path("ids")), templates.get(i));
        }
    }

    /** Rows of text and of speech: side by side as many as the longer ones, or one after the other. */
    private static void clip(GoldenCase golden, PromptLayout layout, Report report) {
        int texts = golden.output("icl_text_rows").asInt();
        int speech = golden.output("icl_codec_rows").asInt();
        long frames = layout.rows().stream()
                .filter(row -> row.codec() instanceof CodecSide.ReferenceFrame)
                .count();
        report.equal("icl_codec_rows", (long) speech, frames + 1);
        if (golden.input("layout").asText().equals("streaming")) {
            report.equal("icl_text_rows behind", Math.max(1, texts - speech), layout.trailing().length);
        }
    }

    static PromptRequest request(GoldenCase golden) {
        return new PromptRequest(
                golden.input("text").asText(),
                Language.of(golden.input("language").asText()),
                voice(golden),
                golden.input("instruct").asText(""),
                TextLayout.valueOf(golden.input("layout").asText().toUpperCase(Locale.ROOT)));
    }

    private static PromptVoice voice(GoldenCase golden) {
        String speaker = golden.input("speaker").asText("");
        return switch (golden.input("mode").asText("")) {
            case "x_vector" -> new PromptVoice.Vector();
            case "icl" ->
                new PromptVoice.Continued(
                        golden.input("ref_text").asText(),
                        golden.output("ref_frames").asInt());
            case "" -> speaker.isEmpty() ? new PromptVoice.Unnamed() : new PromptVoice.Preset(speaker);
            default -> throw new IllegalArgumentException("unknown mode: " + golden.input("mode"));
        };
    }

    static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }
}
