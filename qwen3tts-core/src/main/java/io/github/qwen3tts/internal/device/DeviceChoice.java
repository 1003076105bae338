package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Backend;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.cuda.CudaSettings;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.cuda.Cuda;
import io.github.qwen3tts.internal.runtime.cuda.CudaOptions;
import io.github.qwen3tts.internal.runtime.cuda.CudaStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was asked for, from which a back end is made. Nothing of CUDA is touched for {@link Device#CPU}.
 *
 * @param device         what should compute
 * @param backend        with which code
 * @param precision      how weights should be stored
 * @param streams        that speak at once, best first, where room is taken ahead
 * @param frames         of a stream's prompt and speech, likewise
 * @param maxTextTokens  of a request
 * @param cacheDirectory of quantised weights and compiled kernels
 */
public record DeviceChoice(
        Device device,
        Backend backend,
        Precision precision,
        List<Integer> streams,
        List<Integer> frames,
        int maxTextTokens,
        Path cacheDirectory) {

    private static final System.Logger LOG = System.getLogger(DeviceChoice.class.getName());

    /** The text's rows that follow a prompt are its tokens and their end. */
    private static final int ROWS_BESIDE_TEXT = 2;

    /**
     * The back end that was chosen, the processor's if there was a choice and no card can be used.
     *
     * @throws DeviceException if a card was asked for and cannot be used; the message says why, and the way out
     */
    public ModelBackend open(OrtRuntime runtime, Checkpoint checkpoint) {
        if (device.equals(Device.CPU)) {
            return onCpu(runtime, checkpoint);
        }
        Optional<String> problem = problem(runtime);
        if (device.isAuto()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "device auto: {0}",
                    problem.map(why -> "using the CPU: " + why).orElse("using " + card()));
        } else if (problem.isPresent()) {
            throw new DeviceException(problem.get());
        }
        if (problem.isPresent()) {
            return onCpu(runtime, checkpoint);
        }
        return backend == Backend.NATIVE ? onCuda(runtime, checkpoint) : onCudaProvider(runtime, checkpoint);
    }

    /** The processor's back end where there is a choice and the card does not open or has too little memory. */
    private ModelBackend onCuda(OrtRuntime runtime, Checkpoint checkpoint) {
        CudaBackend cuda = new CudaBackend(runtime, checkpoint, options(), cudaChoices(checkpoint));
        if (!device.isAuto()) {
            return cuda;
        }
        Scope owned = new Scope();
        owned.own(cuda);
        try {
            cuda.open();
            return cuda;
        } catch (DeviceException e) {
            owned.closeAfter(e);
            LOG.log(System.Logger.Level.WARNING, "device auto: using the CPU after all", e);
            return onCpu(runtime, checkpoint);
        } catch (RuntimeException e) {
            owned.closeAfter(e);
            throw e;
        }
    }

    private Device card() {
        return Device.cuda(device.index());
    }

    /** Why the card cannot be used; empty if it can. */
    private Optional<String> problem(OrtRuntime runtime) {
        if (backend == Backend.ONNX_RUNTIME) {
            return runtime.cudaProblem(device.index());
        }
        CudaStatus status = Cuda.status(options());
        return status.available() ? Optional.empty() : Optional.of(status.reason());
    }

    private CudaOptions options() {
        return CudaOptions.of(device.index()).withCacheDirectory(cacheDirectory.resolve("kernels"));
    }

    private ModelBackend onCpu(OrtRuntime runtime, Checkpoint checkpoint) {
        Precision resolved = PrecisionPolicy.onCpu(precision, checkpoint, MachineMemory::totalBytes);
        return new OrtBackend(runtime, checkpoint, Device.CPU, resolved, cacheDirectory);
    }

    private ModelBackend onCudaProvider(OrtRuntime runtime, Checkpoint checkpoint) {
        Precision resolved = PrecisionPolicy.onCudaProvider(precision);
        return new OrtBackend(runtime.onCuda(device.index()), checkpoint, card(), resolved, cacheDirectory);
    }

    /** Best first: streams become fewer, then weights smaller, then streams shorter, which is heard most. */
    List<CudaSettings> cudaChoices(Checkpoint checkpoint) {
        List<CudaSettings> choices = new ArrayList<>();
        for (int length : frames) {
            for (Precision resolved : PrecisionPolicy.onCuda(precision, checkpoint)) {
                for (int count : streams) {
                    choices.add(new CudaSettings(
                            resolved,
                            count,
                            Math.min(length, checkpoint.config().talker().maxPositions()),
                            maxTextTokens + ROWS_BESIDE_TEXT,
                            cacheDirectory));
                }
            }
        }
        return choices;
    }
}
