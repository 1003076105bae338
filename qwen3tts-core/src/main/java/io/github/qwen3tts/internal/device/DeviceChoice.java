package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Backend;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.DeviceException;
import java.util.List;
import java.util.Optional;

/** Chooses the code that runs a model, from what was asked for and what can be used. */
final class DeviceChoice {

    /** Code that runs a model. */
    enum Target {
        /** ONNX Runtime on the CPU. */
        CPU,
        /** Kernels of this library on a GPU. */
        CUDA_KERNELS,
        /** ONNX Runtime's CUDA provider on a GPU. */
        CUDA_PROVIDER
    }

    private DeviceChoice() {}

    /**
     * Lists the targets to try.
     *
     * @param asked      the device that was asked for
     * @param backend    the code that was asked for, if the device is a GPU
     * @param gpuProblem why the GPU cannot be used; empty if it can
     * @return best first; the next one is for the case that loading on the one before fails
     * @throws DeviceException if a GPU was asked for and cannot be used
     */
    static List<Target> targets(Device asked, Backend backend, Optional<String> gpuProblem) {
        boolean auto = asked.isAuto();
        if (asked.equals(Device.CPU) || auto && gpuProblem.isPresent()) {
            return List.of(Target.CPU);
        }
        if (gpuProblem.isPresent()) {
            throw new DeviceException(gpuProblem.get());
        }
        Target gpu = backend == Backend.NATIVE ? Target.CUDA_KERNELS : Target.CUDA_PROVIDER;
        return auto ? List.of(gpu, Target.CPU) : List.of(gpu);
    }
}
