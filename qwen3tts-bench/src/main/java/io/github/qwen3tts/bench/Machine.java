package io.github.qwen3tts.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What a measurement was made on, and with which versions.
 *
 * @param cpu            its name, family and model, or the architecture where the system does not say
 * @param extensions     of its instruction set, those that matrix kernels care for; empty where the system does not say
 * @param processors   that this process may use
 * @param memoryBytes    of the machine
 * @param system         operating system and its version
 * @param java           the Java runtime
 * @param javaOptions    it was started with
 * @param glibcTunables  what the C library was told, empty if nothing
 * @param onnxRuntime    its version
 * @param revision       of this library's sources, empty outside of a Git clone
 */
record Machine(
        String cpu,
        List<String> extensions,
        int processors,
        long memoryBytes,
        String system,
        String java,
        List<String> javaOptions,
        String glibcTunables,
        String onnxRuntime,
        String revision) {

    private static final Path CPU = Path.of("/proc/cpuinfo");

    private static final Set<String> MATRIX_EXTENSIONS = Set.of(
            "avx2",
            "fma",
            "f16c",
            "avx512f",
            "avx512_vnni",
            "avx512_bf16",
            "avx_vnni",
            "amx_int8",
            "amx_bf16",
            "asimddp",
            "i8mm",
            "bf16",
            "sve",
            "sme");

    /** The machine of this process. */
    static Machine here(String onnxRuntime) throws IOException {
        List<String> cpu = Files.exists(CPU) ? Files.readAllLines(CPU) : List.of();
        return new Machine(
                processor(cpu),
                extensions(field(cpu, "flags", field(cpu, "Features", ""))),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                OwnProcess.virtualMachineOptions(),
                System.getenv().getOrDefault("GLIBC_TUNABLES", ""),
                onnxRuntime,
                CommandOutput.of("git", "describe", "--always", "--dirty", "--tags"));
    }

    /** The name, and the family and model by which generations are told apart where a virtual machine hides the name. */
    static String processor(List<String> lines) {
        String name = field(lines, "model name", System.getProperty("os.arch"));
        String family = field(lines, "cpu family", "");
        return family.isEmpty() ? name : name + " (family " + family + ", model " + field(lines, "model", "?") + ")";
    }

    /** The first value of a field in lines such as {@code model name : AMD EPYC}. */
    static String field(List<String> lines, String name, String otherwise) {
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
                return line.substring(colon + 1).strip();
            }
        }
        return otherwise;
    }

    private static List<String> extensions(String flags) {
        return Arrays.stream(flags.split(" "))
                .filter(MATRIX_EXTENSIONS::contains)
                .distinct()
                .sorted()
                .toList();
    }
}
