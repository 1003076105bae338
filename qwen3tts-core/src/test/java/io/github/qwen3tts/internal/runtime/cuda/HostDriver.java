package io.github.qwen3tts.internal.runtime.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Runs a program over the stand-in for the driver's library, in a process of its own. */
public final class HostDriver {

    private static final String BINDINGS = "org/bytedeco/cuda/linux-x86_64/libjnicudart.so";

    private HostDriver() {}

    /** What came of it. */
    public record Run(int exitStatus, List<String> lines) {}

    /**
     * Runs {@code main}; aborts the test, with the reason, where that is not possible.
     *
     * @param scratch receives the libraries, and files in the place of compiled kernels
     */
    public static Run run(Path scratch, Class<?> main, String... arguments) throws IOException, InterruptedException {
        return run(scratch, Map.of(), main, arguments);
    }

    /** The same on a GPU of so much memory. */
    public static Run run(Path scratch, int memoryMiB, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(scratch, Map.of("STAND_IN_MIB", Integer.toString(memoryMiB)), main, arguments);
    }

    /** The same with what the stand-in is told by its environment. */
    public static Run run(Path scratch, Map<String, String> environment, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                HostDriver.class.getClassLoader().getResource(BINDINGS) != null,
                "the driver's bindings are not on the class path of the tests (Linux x86-64 only)");
        Path libraries = Files.createDirectories(scratch.resolve("lib"));
        Files.copy(HostShim.driver(), libraries.resolve("libcuda.so.1"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(HostShim.runtime(), libraries.resolve("libcudart.so.12"), StandardCopyOption.REPLACE_EXISTING);
        Path cubins = Files.createDirectories(scratch.resolve("cubins"));
        for (String file : KernelSources.FILES) {
            Files.writeString(cubins.resolve(file + ".sm_90.cubin"), "the stand-in does not read it");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dorg.bytedeco.javacpp.cachedir=" + Path.of("target/javacpp").toAbsolutePath(),
                "-Dqwen3tts.cubins=" + cubins,
                "-Dqwen3tts.soak=" + System.getProperty("qwen3tts.soak", "0"),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return new Run(process.waitFor(), lines);
    }
}
