package io.github.qwen3tts.bench;

import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.internal.Check;

/**
 * What a benchmark has an engine speak.
 *
 * @param frames      of a speech, {@code >= 1}; the draws are limited to one more
 * @param textTokens  of the text, as near as words come to it, {@code >= 1}
 * @param layout      how the text enters the model
 * @param warmups     speeches before any is measured, {@code >= 0}
 * @param runs        speeches measured, {@code >= 1}
 * @param firstFrames speeches of one frame, measured for the time to the first audio, {@code >= 0}
 */
public record Workload(int frames, int textTokens, TextLayout layout, int warmups, int runs, int firstFrames) {

    public Workload {
        Check.argument(frames >= 1, "frames must be >= 1", "frames", frames);
        Check.argument(textTokens >= 1, "textTokens must be >= 1", "textTokens", textTokens);
        Check.argument(runs >= 1, "runs must be >= 1", "runs", runs);
        Check.argument(
                warmups >= 0 && firstFrames >= 0,
                "counts of speeches must be >= 0",
                "warmups",
                warmups,
                "firstFrames",
                firstFrames);
    }

    /** Hardly any: for a process that only has to load. */
    Workload least() {
        return new Workload(1, textTokens, layout, 0, 1, 0);
    }
}
