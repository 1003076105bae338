package io.github.qwen3tts.internal.runtime.cuda;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which GPU to use, and where its kernels come from.
 *
 * @param device         index of the GPU, as the driver counts
 * @param cacheDirectory where compiled kernels are kept; created when needed
 * @param cubins         directory of kernels compiled elsewhere from this version's sources, {@code NAME.sm_90.cubin},
 *                       and {@code sources.sha256}, which tells the version; NVRTC is not needed then
 * @param graphs         whether launches are captured into graphs; without, each is waited for, so that a failure names
 *                       its kernel
 * @param overlap        whether a kernel may come onto the GPU before the one in front of it has ended, where the GPU
 *                       can ({@link DeviceProperties#canOverlap})
 */
public record CudaOptions(int device, Path cacheDirectory, Optional<Path> cubins, boolean graphs, boolean overlap) {

    /**
     * What the debugging properties say: {@code qwen3tts.cubins=DIR}, and {@code cudaGraphs} and {@code cudaOverlap} in
     * {@code qwen3tts.off}; see {@link #isOn} for what else may stand there.
     *
     * @param device         index of the GPU, as the driver counts
     * @param cacheDirectory of this library; compiled kernels are kept in {@code kernels} below it
     * @return the options
     */
    public static CudaOptions of(int device, Path cacheDirectory) {
        return new CudaOptions(
                device,
                cacheDirectory.resolve("kernels"),
                Optional.ofNullable(System.getProperty("qwen3tts.cubins")).map(Path::of),
                isOn("cudaGraphs"),
                isOn("cudaOverlap"));
    }

    /**
     * Whether a part of the engine is in use: everything is that is not named in {@code qwen3tts.off}, where {@code
     * cudaTensorCores} has prompts read by the kernels of frames.
     *
     * @param feature its name there
     * @return false if it is to be left out, for a comparison
     */
    public static boolean isOn(String feature) {
        return !List.of(System.getProperty("qwen3tts.off", "").split(",")).contains(feature);
    }
}
