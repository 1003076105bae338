package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.DeviceLostException;
import java.util.Optional;
import java.util.function.Function;

/**
 * The way in. Nothing of CUDA is loaded before a method here is called, and whatever is missing (classes, natives,
 * driver, GPU) is a reason in a status, never an error of class loading.
 */
public final class Cuda {

    /** The oldest driver that runs what NVRTC 12 compiles. */
    static final int MIN_DRIVER_VERSION = 12_000;

    /** The oldest compute capability, before the dot. */
    static final int MIN_MAJOR = 8;

    private static final String PRESETS = "org.bytedeco.cuda.global.cudart";
    private static final String INSTALL =
            "add org.bytedeco:cuda and org.bytedeco:cuda-redist, version line 12.9-9.10-1.5.12, and org.bytedeco:javacpp,"
                    + " with the classifier of your platform";

    private Cuda() {}

    /**
     * Whether a GPU can be used.
     *
     * @param options which GPU
     * @return the answer with its reason
     */
    public static CudaStatus status(CudaOptions options) {
        try {
            Class.forName(PRESETS, false, Cuda.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return CudaStatus.off("org.bytedeco:cuda is not on the class path; " + INSTALL);
        }
        if (Natives.DRIVER_PROBLEM.isPresent()) {
            return CudaStatus.off(Natives.DRIVER_PROBLEM.get());
        }
        try {
            Optional<String> compilerProblem =
                    options.cubins().isPresent() ? Optional.empty() : Natives.COMPILER_PROBLEM;
            return CudaStatus.of(Driver.probe(options.device()), options.device(), compilerProblem);
        } catch (DeviceException | DeviceLostException e) {
            return CudaStatus.off(e.getMessage());
        }
    }

    /**
     * Opens a GPU and makes all kernels ready, which the first time on a machine takes the compiler about half a minute.
     *
     * @param options which GPU, and where its kernels come from
     * @return the device, to be closed by the caller
     * @throws DeviceException if CUDA is off, for the reason {@link #status} gives, or a kernel cannot be compiled
     */
    public static CudaDevice open(CudaOptions options) {
        CudaStatus status = status(options);
        if (!status.available()) {
            throw new DeviceException(status.reason());
        }
        return DriverDevice.open(options, status.card().get());
    }

    /** What came of loading the libraries, once: a second attempt would fail for a reason that says less. */
    private static final class Natives {
        static final Optional<String> DRIVER_PROBLEM = problem(Driver::load, Cuda::missingLibrary);
        static final Optional<String> COMPILER_PROBLEM = problem(
                Nvrtc::load,
                e -> "the kernel compiler NVRTC does not load (" + firstLine(e) + "); " + INSTALL
                        + ", or supply compiled kernels with -Dqwen3tts.cubins=DIR");

        private static Optional<String> problem(Runnable load, Function<LinkageError, String> explain) {
            try {
                load.run();
                return Optional.empty();
            } catch (LinkageError e) {
                return Optional.of(explain.apply(e));
            }
        }
    }

    /** Tells apart what is commonly missing by the name that the loader complains about. */
    private static String missingLibrary(LinkageError e) {
        String why = firstLine(e);
        if (why.contains("libcuda.") || why.contains("nvcuda")) {
            return "the NVIDIA driver is not installed (" + why + "); install it, or use the CPU";
        }
        return "the CUDA libraries do not load (" + why + "); " + INSTALL;
    }

    /** The innermost message: the loader wraps the one that names the library. */
    private static String firstLine(Throwable e) {
        Throwable innermost = e;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return message == null
                ? innermost.getClass().getSimpleName()
                : message.lines().findFirst().orElse(message);
    }
}
