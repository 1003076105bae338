package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.cuda.CudaModel;
import io.github.qwen3tts.internal.model.cuda.CudaSettings;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.cuda.Cuda;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.CudaOptions;

/** Loads models on a GPU that kernels of this library run; the encoders of voices stay on the CPU. */
final class CudaModelLoader {

    private CudaModelLoader() {}

    /**
     * Loads a model with the best settings that the GPU has memory for.
     *
     * @param runtime    of the encoders
     * @param checkpoint configuration and weights
     * @param gpu        which GPU, and where its kernels come from
     * @param options    what was asked for
     * @return to be closed by the caller
     */
    static LoadedModel load(OrtRuntime runtime, Checkpoint checkpoint, CudaOptions gpu, LoadOptions options) {
        return Scope.open(owned -> {
            CudaDevice device = owned.own(Cuda.open(gpu)); // the first time compiles the kernels
            CudaSettings settings =
                    CudaModel.firstThatFits(device.freeBytes(), checkpoint, CapacityPolicy.onCuda(options, checkpoint));
            CudaModel model = owned.own(CudaModel.open(device, checkpoint, settings));
            Capacity capacity = new Capacity(settings.maxStreams(), settings.maxPositions());
            return new LoadedModel(
                    model.languageModel(),
                    model.codecDecoder(),
                    runtime,
                    Device.cuda(gpu.device()),
                    settings.precision(),
                    capacity,
                    false, // both take turns on the GPU
                    "CUDA kernels, " + capacity.streams() + " streams of " + capacity.positions() + " positions,",
                    owned);
        });
    }
}
