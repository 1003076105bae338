package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;

/**
 * A model loaded on a device: everything that making speech needs of it. The owner closes it, which closes its parts.
 *
 * @param languageModel talker and code predictor
 * @param codecDecoder  of the same checkpoint
 * @param encoders      runs the encoders of voices
 * @param device        the CPU or one GPU
 * @param precision     of the weights, resolved
 * @param capacity      streams and their length
 * @param decodesBeside whether decoding on a second thread beside the language model saves time
 * @param code          what runs it, for messages
 * @param owned         the parts
 */
public record LoadedModel(
        LanguageModel languageModel,
        CodecDecoder codecDecoder,
        OrtRuntime encoders,
        Device device,
        Precision precision,
        Capacity capacity,
        boolean decodesBeside,
        String code,
        Scope owned)
        implements AutoCloseable {

    @Override
    public void close() {
        owned.close();
    }

    @Override
    public String toString() {
        return code + " on " + device + ", " + precision;
    }
}
