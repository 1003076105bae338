package io.github.qwen3tts.config;

import io.github.qwen3tts.api.ChunkSchedule;

/**
 * {@code inference_settings}: the defaults with which programs request speech. The engine itself takes these per
 * request; its own rate is {@code TtsEngine.sampleRateHz()}. Immutable.
 */
public final class InferenceSettings {

    private static final Setting<Boolean> STREAMING = Setting.flag(
                    "streaming", "Send audio while it is made, unless a request asks for all at once.")
            .withDefault(true);
    private static final Setting<String> LATENCY_MODE = Setting.choice(
                    "latency_mode",
                    LatencyMode.allWords(),
                    "low sends the first 80 ms at once, balanced a third of a second at a time, throughput a second.")
            .withDefault(LatencyMode.LOW.toString());
    private static final Setting<Integer> SAMPLE_RATE = Setting.integer(
                    "sample_rate",
                    8_000,
                    48_000,
                    "Samples per second of the audio sent; 24000 is the model's own and what OpenAI's clients expect of"
                            + " pcm.")
            .withDefault(24_000);
    static final Section SECTION =
            Section.of("inference_settings", "How programs ask for speech.", STREAMING, LATENCY_MODE, SAMPLE_RATE);

    private final Config config;

    InferenceSettings(Config config) {
        this.config = config;
    }

    /**
     * Tells whether audio is sent while it is generated.
     *
     * @return false to send whole audio
     */
    public boolean streaming() {
        return config.get(STREAMING);
    }

    /**
     * Returns the sizes of audio chunks, as {@code latency_mode} names them.
     *
     * @return for {@link io.github.qwen3tts.api.SynthesisRequest#withChunks}
     */
    public ChunkSchedule chunks() {
        return LatencyMode.of(config.get(LATENCY_MODE)).chunks();
    }

    /**
     * Returns the rate of the audio that programs send or write; they resample if the model has another one.
     *
     * @return samples per second
     */
    public int sampleRateHz() {
        return config.get(SAMPLE_RATE);
    }

    @Override
    public String toString() {
        return config.text(SECTION);
    }
}
