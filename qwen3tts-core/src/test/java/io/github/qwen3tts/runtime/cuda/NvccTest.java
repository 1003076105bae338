package io.github.qwen3tts.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kernels through the toolkit's compiler, as the error about a missing cubin tells to; needs no card. What is up to date
 * in {@code target} is not compiled again.
 */
class NvccTest {

    private static final Path KERNELS = Path.of("src/main/resources/io/github/qwen3tts/runtime/cuda/kernels");
    private static final Path BUILD = Path.of("target/nvcc");

    @BeforeAll
    static void find() {
        try {
            Process process = start(List.of("nvcc", "--version"), BUILD.resolve("version.log"));
            Assumptions.assumeTrue(process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0, "nvcc fails");
        } catch (IOException | InterruptedException e) {
            Assumptions.abort("kernels are not compiled for cards: nvcc of the CUDA toolkit is not on the path");
        }
    }

    private static Process start(List<String> command, Path log) throws IOException {
        Files.createDirectories(BUILD);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private record Compilation(Process process, Path cubin, Path log) {}

    @ParameterizedTest
    @ValueSource(strings = {"sm_80", "sm_90", "sm_120"})
    void compilesEveryKernelFile(String architecture) throws Exception {
        Assumptions.assumeTrue(
                output("nvcc", "--list-gpu-code").contains(architecture), "this nvcc does not know " + architecture);
        List<Compilation> running = new ArrayList<>();
        for (String file : KernelSources.FILES) {
            String key = Integer.toHexString((KernelSources.source(file) + KernelSources.headers()).hashCode());
            Path cubin = BUILD.resolve(file + "-" + key + "." + architecture + ".cubin");
            if (Files.exists(cubin)) {
                continue;
            }
            while (running.stream().filter(one -> one.process().isAlive()).count()
                    >= Runtime.getRuntime().availableProcessors()) {
                Thread.sleep(20);
            }
            Path log = BUILD.resolve(file + "." + architecture + ".log");
            List<String> command = new ArrayList<>(List.of("nvcc", "-cubin", "-arch=" + architecture));
            command.addAll(KernelSources.OPTIONS);
            command.addAll(List.of(
                    "-o", part(cubin).toString(), KERNELS.resolve(file + ".cu").toString()));
            running.add(new Compilation(start(command, log), cubin, log));
        }
        for (Compilation one : running) {
            assertEquals(0, one.process().waitFor(), () -> one.cubin() + ": " + text(one.log()));
            assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F'}, head(part(one.cubin())));
            Files.move(part(one.cubin()), one.cubin(), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static Path part(Path path) {
        return path.resolveSibling(path.getFileName() + ".part");
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(4);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
