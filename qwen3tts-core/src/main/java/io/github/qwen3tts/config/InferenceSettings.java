package io.github.qwen3tts.config;

import java.util.List;

/**
 * {@code inference_settings}: how programs ask for speech unless a request says otherwise. The engine itself takes
 * these per request; its own rate is {@code TtsEngine.sampleRateHz()}.
 *
 * @param streaming    whether audio is sent while it is made
 * @param latencyMode  how large the pieces are
 * @param sampleRateHz of what programs send or write; they resample to it where it is not the model's own
 */
public record InferenceSettings(boolean streaming, LatencyMode latencyMode, int sampleRateHz) {

    static final Setting<Boolean> STREAMING = Setting.of(
            "streaming", new Kind.Flag(), true, "Send audio while it is made, unless a request asks for all at once.");
    static final Setting<String> LATENCY_MODE = Setting.of(
            "latency_mode",
            new Kind.Choice(LatencyMode.allWords()),
            LatencyMode.LOW.toString(),
            "low sends the first 80 ms at once, balanced a third of a second at a time, throughput a second.");
    static final Setting<Integer> SAMPLE_RATE = Setting.of(
            "sample_rate",
            new Kind.Whole(8_000, 48_000),
            24_000,
            "Samples per second of the audio sent; 24000 is the model's own and what OpenAI's clients expect of pcm.");
    static final List<Setting<?>> SETTINGS = List.of(STREAMING, LATENCY_MODE, SAMPLE_RATE);

    static InferenceSettings of(Section section) {
        return new InferenceSettings(
                section.get(STREAMING), LatencyMode.of(section.get(LATENCY_MODE)), section.get(SAMPLE_RATE));
    }
}
