package io.github.qwen3tts.config;

import io.github.qwen3tts.api.Precision;
import java.util.List;
import java.util.regex.Pattern;

/** {@code model_settings}: the model, the device and the precision of an engine. Immutable. */
public final class ModelSettings {

    static final Setting<String> MODEL_PATH = Setting.text(
                    "model_path",
                    "A checkpoint directory, relative to this file; demo, the demo voice; or the name of a model on the"
                            + " hub such as Qwen/Qwen3-TTS-12Hz-0.6B-Base, which is downloaded once.")
            .required();
    private static final Setting<String> DEVICE = Setting.pattern(
                    "device",
                    Pattern.compile("auto|cpu|cuda(?::\\d{1,3})?"),
                    "auto, cpu, cuda or cuda:N",
                    "What computes: auto takes a GPU where one can be used.")
            .withDefault("auto");
    private static final Setting<String> PRECISION = Setting.choice(
                    "precision",
                    List.of("auto", "fp32", "bf16", "int8", "int4", "int8+int8codec", "int4+int8codec"),
                    "How weights are kept: bf16 as released, int8 and int4 smaller and faster; auto takes what suits the"
                            + " device.")
            .withDefault("auto");
    static final Section SECTION =
            Section.of("model_settings", "What is loaded, and on what.", MODEL_PATH, DEVICE, PRECISION);

    private final Config config;

    ModelSettings(Config config) {
        this.config = config;
    }

    /**
     * Returns the model.
     *
     * @return a checkpoint directory, or the name of a model on the hub
     */
    public String modelPath() {
        return config.get(MODEL_PATH);
    }

    /**
     * Returns the device.
     *
     * @return {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
     */
    public String device() {
        return config.get(DEVICE);
    }

    /**
     * Returns the precision of the weights.
     *
     * @return for {@link io.github.qwen3tts.TtsEngineBuilder#precision}
     */
    public Precision precision() {
        return Precision.named(config.get(PRECISION));
    }

    @Override
    public String toString() {
        return config.text(SECTION);
    }
}
