package io.github.qwen3tts.examples;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.SynthesisRequest;
import java.time.DateTimeException;
import java.time.Duration;
import picocli.CommandLine.Option;

/** {@code --max-duration}: how long a speech may become. */
final class MaxDuration {

    private static final double NANOS = 1e9;
    private static final int FRAME_MILLIS = 80;

    @Option(names = "--max-duration", description = "Longest speech: 20, 20s, 1m30s or PT20S (default: the model's).")
    private String duration;

    @Option(names = "--max-new-tokens", hidden = true, description = "Frames of 80 ms at most, plus one.")
    private Integer maxNewTokens;

    SynthesisRequest limit(SynthesisRequest request) {
        if (duration != null) {
            return request.withMaxDuration(parse(duration));
        }
        return maxNewTokens == null
                ? request
                : request.withMaxDuration(Duration.ofMillis((long) FRAME_MILLIS * (maxNewTokens - 1)));
    }

    /** Reads seconds, or a duration of ISO 8601 with or without its {@code PT}. */
    static Duration parse(String text) {
        try {
            if (text.matches("\\d{1,6}(\\.\\d{1,9})?")) {
                return Duration.ofNanos(Math.round(Double.parseDouble(text) * NANOS));
            }
            return Duration.parse(text.matches("(?i)p.*") ? text : "PT" + text);
        } catch (DateTimeException e) {
            throw new InvalidRequestException(
                    "--max-duration must be seconds or a duration of ISO 8601 such as 20s: value=" + text, e);
        }
    }
}
