package io.github.qwen3tts.internal.checkpoint;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.sample.Sampling;
import io.github.qwen3tts.internal.text.SentenceSplitter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Reads {@code generation_config.json}: how the checkpoint wants to be sampled. */
final class GenerationConfig {

    private GenerationConfig() {}

    static GenerationOptions read(Path file) {
        GenerationOptions official = GenerationOptions.OFFICIAL;
        if (!Files.exists(file)) {
            return official;
        }
        ConfigNode node = ConfigNode.read(file);
        try {
            return new GenerationOptions(
                    sampling(node, "do_sample", "", official.talker()),
                    sampling(node, "subtalker_dosample", "subtalker_", official.codePredictor()),
                    number(node, "repetition_penalty", official.repetitionPenalty()),
                    node.optional("max_new_tokens", node::positive, official.maxNewTokens()));
        } catch (InvalidRequestException e) {
            throw new ModelLoadException(e.getMessage() + ", file=" + file, e);
        }
    }

    /** The longest sentence, for a model that speaks one at a time. */
    static OptionalInt maxSentenceChars(Path file) {
        String field = "max_sentence_characters";
        if (!Files.exists(file) || !ConfigNode.read(file).has(field)) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(ConfigNode.read(file).atLeast(field, SentenceSplitter.MIN_CHARS));
    }

    private static Sampling sampling(ConfigNode node, String doSample, String prefix, Sampling official) {
        if (!node.optional(doSample, node::truth, true)) {
            return Sampling.GREEDY;
        }
        return new Sampling(
                number(node, prefix + "temperature", official.temperature()),
                node.optional(prefix + "top_k", node::natural, official.topK()),
                number(node, prefix + "top_p", official.topP()));
    }

    private static float number(ConfigNode node, String field, float otherwise) {
        return node.has(field) ? (float) node.positiveNumber(field) : otherwise;
    }
}
