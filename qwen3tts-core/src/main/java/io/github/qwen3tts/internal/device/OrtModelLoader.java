package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.CachedMatrices;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.model.OrtCodecDecoder;
import io.github.qwen3tts.internal.model.OrtLanguageModel;
import io.github.qwen3tts.internal.model.TensorListener;
import io.github.qwen3tts.internal.runtime.Opening;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import java.nio.file.Path;

/** Loads models as graphs on ONNX Runtime: on the CPU, or on a GPU behind its CUDA provider. */
final class OrtModelLoader {

    private OrtModelLoader() {}

    /**
     * Loads a model; the codec decoder on a second thread.
     *
     * @param runtime    of the device
     * @param checkpoint configuration and weights
     * @param device     of the runtime
     * @param precision  resolved
     * @param options    what was asked for
     * @return to be closed by the caller
     */
    static LoadedModel load(
            OrtRuntime runtime, Checkpoint checkpoint, Device device, Precision precision, LoadOptions options) {
        Path cache = options.cacheDirectory();
        return Scope.open(owned -> {
            Opening<OrtCodecDecoder> codec = owned.own(new Opening<>(() -> OrtCodecDecoder.open(
                    runtime, checkpoint, CachedMatrices.codecDecoder(checkpoint, precision, cache))));
            LanguageModel languageModel = owned.own(OrtLanguageModel.open(
                    runtime,
                    checkpoint,
                    CachedMatrices.languageModel(checkpoint, precision, cache),
                    TensorListener.NONE));
            return new LoadedModel(
                    languageModel,
                    codec.await(),
                    runtime,
                    device,
                    precision,
                    new Capacity(
                            CapacityPolicy.streamsOnCpu(options),
                            checkpoint.config().talker().maxPositions()), // caches grow
                    device.equals(Device.CPU) && hasThreadLeft(runtime),
                    "ONNX Runtime, " + runtime.threads() + ",",
                    owned);
        });
    }

    /**
     * The language model waits for memory, and the decoder for arithmetic: side by side they use two threads a little
     * better. But two threads that wait actively leave none for a third, nor do two pools of them. With more threads it is
     * not measured.
     */
    private static boolean hasThreadLeft(OrtRuntime runtime) {
        OrtRuntime.Threads threads = runtime.threads();
        return threads.spin() ? threads.count() >= 4 && runtime.sharesOnePool() : threads.count() >= 2;
    }
}
