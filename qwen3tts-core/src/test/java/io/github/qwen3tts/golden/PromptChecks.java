package io.github.qwen3tts.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.EmbeddedPrompt;
import io.github.qwen3tts.internal.model.PromptEmbedder;
import io.github.qwen3tts.internal.prompt.CodecSide;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.prompt.PromptBuilder;
import io.github.qwen3tts.internal.prompt.PromptVocabulary;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;

/** Builds prompts of golden texts: text ids, positions, and the rows the talker reads. */
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
        Prompt prompt = prompt(checkpoint, golden);
        report.equal("text ids", texts(golden, prompt), ids(prompt));
        report.equal("prompt_positions", golden.output("prompt_positions").asInt(), prompt.positions());
        report.equal("trailing_rows", golden.output("trailing_rows").asInt(), prompt.trailing().length);
        if (!golden.output("icl_codec_rows").isMissingNode()) {
            reference(golden, prompt, report);
        }
        EmbeddedPrompt embedded = embedder.embed(prompt);
        report.close("prompt_embeds", golden.floats("prompt_embeds"), embedded.rows(), Tolerance.EMBEDDINGS);
        report.close("trailing", golden.floats("trailing"), embedded.trailing(), Tolerance.EMBEDDINGS);
        report.close("tts_pad_embed", golden.floats("tts_pad_embed"), embedded.pad(), Tolerance.EMBEDDINGS);
        return embedded;
    }

    /** What this library makes of the request of a case. */
    static Prompt prompt(Checkpoint checkpoint, GoldenCase golden) throws IOException {
        Tokenizer tokenizer = Tokenizer.load(
                checkpoint.directory(), rule(golden.input("tokenizer_rule").asText()));
        PromptBuilder builder = new PromptBuilder(tokenizer, checkpoint.rules(MAX_TEXT_TOKENS));
        return builder.build(GoldenRequest.of(golden.description(), voice(checkpoint, golden)));
    }

    /** The voice of a case as the original encoders heard it. */
    static Voice voice(Checkpoint checkpoint, GoldenCase golden) throws IOException {
        return GoldenRequest.voice(
                golden.description(),
                checkpoint.config().prompt(),
                golden.has("speaker_embedding") ? golden.floats("speaker_embedding") : new float[0],
                golden.has("ref_codes") ? golden.integers("ref_codes") : new int[0]);
    }

    /**
     * The text side of every position and of the frames after them, cut from the templates that the official code
     * tokenised: the text, then the instruction, if there is one, or the transcript.
     */
    private int[] texts(GoldenCase golden, Prompt prompt) {
        PromptVocabulary.TextIds special = checkpoint.config().prompt().text();
        JsonNode templates = golden.output("token_ids");
        int[] target = ints(templates.get(0).path("ids"));
        int[] other = templates.size() == 1 ? new int[0] : ints(templates.get(1).path("ids"));
        boolean cloned = golden.input("mode").asText("").equals("icl");
        IntStream.Builder ids = IntStream.builder();
        IntStream.of(cloned ? new int[0] : other).forEach(ids);
        IntStream.of(target).limit(3).forEach(ids);
        long header = prompt.rows().stream() // and the beginning of text
                .map(Prompt.Row::text)
                .takeWhile(id -> id != special.bos())
                .count();
        LongStream.range(cloned ? 3 : 3 + other.length, header).forEach(i -> ids.add(special.pad()));
        ids.add(special.bos());
        IntStream.of(other)
                .skip(cloned ? 3 : other.length)
                .limit(Math.max(0, other.length - 5))
                .forEach(ids);
        IntStream.of(target).skip(3).limit(target.length - 8).forEach(ids);
        ids.add(special.eos());
        int[] spoken = ids.build().toArray();
        int all = prompt.positions() + prompt.trailing().length;
        int[] padded = Arrays.copyOf(spoken, Math.max(all, spoken.length));
        Arrays.fill(padded, spoken.length, padded.length, special.pad());
        return padded;
    }

    private static int[] ids(Prompt prompt) {
        return IntStream.concat(prompt.rows().stream().mapToInt(Prompt.Row::text), IntStream.of(prompt.trailing()))
                .toArray();
    }

    /** Rows of text and of speech: side by side as many as the longer ones, or one after the other. */
    private static void reference(GoldenCase golden, Prompt prompt, Report report) {
        int texts = golden.output("icl_text_rows").asInt();
        int speech = golden.output("icl_codec_rows").asInt();
        long frames = prompt.rows().stream()
                .filter(row -> row.codec() instanceof CodecSide.ReferenceFrame)
                .count();
        report.equal("icl_codec_rows", (long) speech, frames + 1);
        if (golden.input("layout").asText().equals("streaming")) {
            report.equal("icl_text_rows behind", Math.max(1, texts - speech), prompt.trailing().length);
        }
    }

    static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }
}
