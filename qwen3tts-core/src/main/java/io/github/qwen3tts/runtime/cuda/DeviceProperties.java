package io.github.qwen3tts.runtime.cuda;

/**
 * A card and its driver.
 *
 * @param name            as the driver gives it
 * @param major           compute capability before the dot
 * @param minor           compute capability behind the dot
 * @param multiprocessors how many blocks run side by side at least
 * @param totalBytes      of device memory
 * @param sharedBytes     shared memory a block may have at most
 * @param driverVersion   the CUDA version the driver speaks, 1000 * major + 10 * minor
 */
public record DeviceProperties(
        String name, int major, int minor, int multiprocessors, long totalBytes, int sharedBytes, int driverVersion) {

    /**
     * The compute capability as tools write it.
     *
     * @return for example {@code 9.0}
     */
    public String computeCapability() {
        return major + "." + minor;
    }
}
