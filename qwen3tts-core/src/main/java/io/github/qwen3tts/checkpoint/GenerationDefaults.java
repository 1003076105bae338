package io.github.qwen3tts.checkpoint;

import io.github.qwen3tts.api.SamplingOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code generation_config.json}: how the checkpoint wants to be sampled.
 *
 * @param talker            for code group 0
 * @param codePredictor     for the other groups
 * @param repetitionPenalty divides positive and multiplies negative scores of codes drawn before; 1 is none
 * @param maxNewTokens      draws of group 0 at most
 */
public record GenerationDefaults(
        SamplingOptions talker, SamplingOptions codePredictor, float repetitionPenalty, int maxNewTokens) {

    /** What the official code uses where the file says nothing. */
    static final GenerationDefaults OFFICIAL =
            new GenerationDefaults(new SamplingOptions(0.9f, 50, 1f), new SamplingOptions(0.9f, 50, 1f), 1.05f, 2048);

    static GenerationDefaults read(Path file) {
        if (!Files.exists(file)) {
            return OFFICIAL;
        }
        ConfigNode node = ConfigNode.read(file);
        return new GenerationDefaults(
                sampling(node, "do_sample", ""),
                sampling(node, "subtalker_dosample", "subtalker_"),
                node.optional("repetition_penalty", node::positiveNumber, (double) OFFICIAL.repetitionPenalty)
                        .floatValue(),
                node.optional("max_new_tokens", node::positive, OFFICIAL.maxNewTokens));
    }

    private static SamplingOptions sampling(ConfigNode node, String doSample, String prefix) {
        if (node.has(doSample) && !node.node().path(doSample).asBoolean()) {
            return SamplingOptions.GREEDY;
        }
        return new SamplingOptions(
                node.optional(prefix + "temperature", node::positiveNumber, 0.9).floatValue(),
                node.optional(prefix + "top_k", node::natural, 50),
                node.optional(prefix + "top_p", node::positiveNumber, 1.0).floatValue());
    }
}
