package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;

/**
 * Where the model runs: opens its parts there and owns them. Begins with what takes long when it is made, on another
 * thread.
 */
public interface ModelBackend extends AutoCloseable {

    /** Opens the language model. Called once, before the codec decoder is asked for. */
    LanguageModel languageModel();

    /** The codec decoder, opened meanwhile. */
    CodecDecoder codecDecoder();

    /** Whether decoding beside the language model gains anything. */
    boolean decodesBeside();

    /** What runs the encoders of voices. */
    OrtRuntime encoders();

    /** What computes: the processor or a card. */
    Device device();

    /** How the weights are stored, in full. */
    Precision precision();

    /** Streams that it has room for at once; known when the language model is open. */
    int maxStreams();

    /** Prompt positions and frames that a stream has room for together. */
    int maxPositions();

    @Override
    void close();
}
