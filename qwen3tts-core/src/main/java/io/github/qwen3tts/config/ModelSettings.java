package io.github.qwen3tts.config;

import io.github.qwen3tts.api.Precision;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code model_settings}: what is loaded, and on what.
 *
 * @param modelPath a checkpoint directory, or the name of a model on the hub
 * @param device    {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param precision how weights are kept
 */
public record ModelSettings(String modelPath, String device, Precision precision) {

    static final Setting<String> MODEL_PATH = Setting.required(
            "model_path",
            new Kind.Text(),
            "A checkpoint directory, relative to this file; demo, the demo voice; or the name of a model on the hub such"
                    + " as Qwen/Qwen3-TTS-12Hz-0.6B-Base, which is downloaded once.");
    static final Setting<String> DEVICE = Setting.of(
            "device",
            new Kind.Form(Pattern.compile("auto|cpu|cuda(?::\\d{1,3})?"), "auto, cpu, cuda or cuda:N"),
            "auto",
            "What computes: auto takes a GPU where one can be used.");
    static final Setting<String> PRECISION = Setting.of(
            "precision",
            new Kind.Choice(List.of("auto", "fp32", "bf16", "int8", "int4", "int8+int8codec", "int4+int8codec")),
            "auto",
            "How weights are kept: bf16 as released, int8 and int4 smaller and faster; auto takes what suits the device.");
    static final List<Setting<?>> SETTINGS = List.of(MODEL_PATH, DEVICE, PRECISION);

    static ModelSettings of(Section section) {
        return new ModelSettings(section.get(MODEL_PATH), section.get(DEVICE), Precision.named(section.get(PRECISION)));
    }
}
