package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.SynthesisStats;

/** How the end of a speech is told in OpenAI's words. */
final class FinishWords {

    private FinishWords() {}

    /** {@code stop}: all of the text was spoken; {@code length}: the limit of frames cut it off. */
    static String reason(FinishReason reason) {
        return switch (reason) {
            case END_OF_SPEECH -> "stop";
            case FRAME_LIMIT -> "length";
            case CANCELLED -> "cancelled";
        };
    }

    /** Positions of the prompt went in, frames of 80 ms came out. */
    static ObjectNode usage(SynthesisStats stats) {
        return Json.object()
                .put("input_tokens", stats.promptTokens())
                .put("output_tokens", stats.frames())
                .put("total_tokens", stats.promptTokens() + stats.frames());
    }
}
