package io.github.qwen3tts.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Physical memory of this process. Of the parts, {@link #UNKNOWN} is what the system does not tell: Linux tells all, other
 * Unix systems the total, by {@code ps}, and Windows nothing.
 *
 * @param bytes     in all
 * @param anonymous of them, private: heap, buffers, copies of weights
 * @param file      of them, mapped files: weights that can be dropped and read again
 * @param peak      the most there ever was
 */
record ResidentMemory(long bytes, long anonymous, long file, long peak) {

    static final long UNKNOWN = -1;

    private static final Path STATUS = Path.of("/proc/self/status");

    static ResidentMemory now() throws IOException {
        if (Files.exists(STATUS)) {
            return ofStatus(Files.readAllLines(STATUS));
        }
        String kilobytes = CommandOutput.of(
                "ps", "-o", "rss=", "-p", Long.toString(ProcessHandle.current().pid()));
        long total = kilobytes.matches("\\d+") ? Long.parseLong(kilobytes) * 1024 : UNKNOWN;
        return new ResidentMemory(total, UNKNOWN, UNKNOWN, UNKNOWN);
    }

    /** Lines of Linux's /proc/PID/status, such as {@code VmRSS: 1234 kB}. */
    static ResidentMemory ofStatus(List<String> lines) {
        return new ResidentMemory(
                bytes(lines, "VmRSS:"), bytes(lines, "RssAnon:"), bytes(lines, "RssFile:"), bytes(lines, "VmHWM:"));
    }

    private static long bytes(List<String> lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).strip().split(" ")[0]) * 1024;
            }
        }
        return UNKNOWN;
    }
}
