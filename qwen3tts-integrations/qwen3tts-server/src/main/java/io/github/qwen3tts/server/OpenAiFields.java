package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.SynthesisStats;

/** Fields of OpenAI's responses, from statistics of a stream. */
final class OpenAiFields {

    private OpenAiFields() {}

    /** {@code stop}: all of the text was spoken; {@code length}: the limit of frames cut it off. */
    static String finishReason(FinishReason reason) {
        return switch (reason) {
            case END_OF_SPEECH -> "stop";
            case FRAME_LIMIT -> "length";
            case CANCELLED -> "cancelled";
        };
    }

    /** {@code usage}: positions of the prompt as input tokens, frames of 80 ms as output tokens. */
    static ObjectNode usage(SynthesisStats stats) {
        return Json.object()
                .put("input_tokens", stats.promptTokens())
                .put("output_tokens", stats.frames())
                .put("total_tokens", stats.promptTokens() + stats.frames());
    }
}
