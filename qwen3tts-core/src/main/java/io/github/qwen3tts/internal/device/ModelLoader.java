package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Backend;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.DeviceLostException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.device.DeviceChoice.Target;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.cuda.Cuda;
import io.github.qwen3tts.internal.runtime.cuda.CudaOptions;
import io.github.qwen3tts.internal.runtime.cuda.CudaStatus;
import java.util.List;
import java.util.Optional;

/** Loads a model where it was asked for. Touches nothing of CUDA for {@link Device#CPU}. */
public final class ModelLoader {

    private static final System.Logger LOG = System.getLogger(ModelLoader.class.getName());

    private final LoadOptions options;
    private final OrtRuntime runtime;
    private final Checkpoint checkpoint;

    private ModelLoader(LoadOptions options, OrtRuntime runtime, Checkpoint checkpoint) {
        this.options = options;
        this.runtime = runtime;
        this.checkpoint = checkpoint;
    }

    /**
     * Loads a model. {@link Device#AUTO} takes the CPU if the GPU cannot be used, does not open, or has too little
     * memory. After a failure nothing is left open.
     *
     * @param options    what was asked for
     * @param runtime    the process's ONNX Runtime
     * @param checkpoint configuration and weights
     * @return to be closed by the caller
     * @throws DeviceException    if a GPU was asked for and cannot be used, or has too little memory; the message says
     *                            why, and the way out
     * @throws ModelLoadException if a tensor is missing or of another shape
     */
    public static LoadedModel load(LoadOptions options, OrtRuntime runtime, Checkpoint checkpoint) {
        boolean prepared = options.preparedGraphs() && PrecisionPolicy.isLarge(checkpoint);
        OrtRuntime preparing =
                prepared ? runtime.preparingIn(options.cacheDirectory().resolve("graphs")) : runtime;
        return new ModelLoader(options, preparing, checkpoint).load();
    }

    private LoadedModel load() {
        Device asked = options.device();
        Optional<String> problem = asked.equals(Device.CPU) ? Optional.empty() : gpuProblem();
        List<Target> targets = DeviceChoice.targets(asked, options.backend(), problem);
        if (asked.isAuto()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "device auto: {0}",
                    problem.map(why -> "using the CPU: " + why).orElse("using " + gpu()));
        }
        return loadFirst(targets);
    }

    private LoadedModel loadFirst(List<Target> targets) {
        try {
            return load(targets.get(0));
        } catch (DeviceException | DeviceLostException e) {
            if (targets.size() == 1) {
                throw e;
            }
            LOG.log(System.Logger.Level.WARNING, "device auto: using the CPU after all", e);
            return loadFirst(targets.subList(1, targets.size()));
        }
    }

    private LoadedModel load(Target target) {
        return switch (target) {
            case CPU ->
                OrtModelLoader.load(
                        runtime,
                        checkpoint,
                        Device.CPU,
                        PrecisionPolicy.onCpu(options.precision(), checkpoint, MachineMemory::totalBytes),
                        options);
            case CUDA_KERNELS -> CudaModelLoader.load(runtime, checkpoint, cudaOptions(), options);
            case CUDA_PROVIDER ->
                OrtModelLoader.load(
                        runtime.onCuda(options.device().index()),
                        checkpoint,
                        gpu(),
                        PrecisionPolicy.onCudaProvider(options.precision()),
                        options);
        };
    }

    private Device gpu() {
        return Device.cuda(options.device().index());
    }

    /** Why the GPU cannot be used; empty if it can. */
    private Optional<String> gpuProblem() {
        if (options.backend() == Backend.ONNX_RUNTIME) {
            return runtime.cudaProblem(options.device().index());
        }
        CudaStatus status = Cuda.status(cudaOptions());
        return status.available() ? Optional.empty() : Optional.of(status.reason());
    }

    private CudaOptions cudaOptions() {
        return CudaOptions.of(options.device().index(), options.cacheDirectory());
    }
}
