package io.github.qwen3tts.internal.runtime.cuda;

/**
 * A GPU and its driver.
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

    private static final int OVERLAP_MAJOR = 9;
    private static final int OVERLAP_DRIVER = 12_030; // older ones do not take it into a graph

    /**
     * Whether a kernel may come onto the GPU before the one in front of it has ended (programmatic dependent launch).
     *
     * @return true from compute capability 9.0 and driver 12.3 on
     */
    public boolean canOverlap() {
        return major >= OVERLAP_MAJOR && driverVersion >= OVERLAP_DRIVER;
    }

    /**
     * The compute capability as tools write it.
     *
     * @return for example {@code 9.0}
     */
    public String computeCapability() {
        return major + "." + minor;
    }
}
