package io.github.qwen3tts.internal.device;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How much memory there is. */
public final class MachineMemory {

    private MachineMemory() {}

    /** Of the machine, or of the container this runs in; the largest number there is where Java does not know. */
    static long totalBytes() {
        try {
            return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                    .getTotalMemorySize();
        } catch (IllegalArgumentException | LinkageError e) { // another JVM, or a runtime image without management
            return Long.MAX_VALUE;
        }
    }
}
