package io.github.qwen3tts.internal.runtime.cuda;

import java.util.Optional;

/**
 * Whether a GPU can be used, and if not, why.
 *
 * @param card   the GPU; empty when CUDA is off
 * @param reason a sentence for a person: what is used, or what is missing and what to do about it
 */
public record CudaStatus(Optional<DeviceProperties> card, String reason) {

    /**
     * Whether {@link Cuda#open} can be expected to work.
     *
     * @return true if there is a GPU
     */
    public boolean available() {
        return card.isPresent();
    }

    static CudaStatus off(String why) {
        return new CudaStatus(Optional.empty(), "CUDA is off: " + why);
    }

    /** Judges a GPU that the driver knows. */
    static CudaStatus of(DeviceProperties card, int device, Optional<String> compilerProblem) {
        if (card.driverVersion() < Cuda.MIN_DRIVER_VERSION) {
            return off("required a driver for CUDA " + version(Cuda.MIN_DRIVER_VERSION) + ", found one for CUDA "
                    + version(card.driverVersion()) + "; update the driver, or use the CPU");
        }
        if (card.major() < Cuda.MIN_MAJOR) {
            return off("required compute capability " + Cuda.MIN_MAJOR + ".0, device " + device + " (" + card.name()
                    + ") has " + card.computeCapability() + "; use the CPU");
        }
        if (compilerProblem.isPresent()) {
            return off(compilerProblem.get());
        }
        return new CudaStatus(
                Optional.of(card),
                "CUDA is on: device " + device + " (" + card.name() + "), compute capability "
                        + card.computeCapability() + ", " + (card.totalBytes() >> 20) + " MiB, driver for CUDA "
                        + version(card.driverVersion()));
    }

    private static String version(int driverVersion) {
        return driverVersion / 1000 + "." + driverVersion % 1000 / 10;
    }
}
