package io.github.qwen3tts.runtime.cuda;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which card to use, and where its kernels come from.
 *
 * @param device         index of the card, as the driver counts
 * @param cacheDirectory where compiled kernels are kept; created when needed
 * @param cubins         directory of kernels compiled elsewhere, {@code NAME.sm_90.cubin}; NVRTC is not needed then
 * @param graphs         whether launches are captured into graphs; without, each is waited for, so that a failure names
 *                       its kernel
 */
public record CudaOptions(int device, Path cacheDirectory, Optional<Path> cubins, boolean graphs) {

    /**
     * The user's cache directory, and what the debugging properties say: {@code qwen3tts.cubins=DIR}, and {@code
     * cudaGraphs} in {@code qwen3tts.off}.
     *
     * @param device index of the card, as the driver counts
     * @return the options
     */
    public static CudaOptions of(int device) {
        boolean graphs = !("," + System.getProperty("qwen3tts.off", "") + ",").contains(",cudaGraphs,");
        return new CudaOptions(
                device,
                userCache().resolve("qwen3tts").resolve("kernels"),
                Optional.ofNullable(System.getProperty("qwen3tts.cubins")).map(Path::of),
                graphs);
    }

    /**
     * With another directory for compiled kernels.
     *
     * @param cacheDirectory created when needed
     * @return the changed copy
     */
    public CudaOptions withCacheDirectory(Path cacheDirectory) {
        return new CudaOptions(device, cacheDirectory, cubins, graphs);
    }

    private static Path userCache() {
        for (String variable : new String[] {"XDG_CACHE_HOME", "LOCALAPPDATA"}) {
            String value = System.getenv(variable);
            if (value != null && !value.isEmpty()) {
                return Path.of(value);
            }
        }
        return Path.of(System.getProperty("user.home"), ".cache");
    }
}
