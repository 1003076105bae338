package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.Soak;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kernels through the toolkit's compiler, as the error about a missing cubin tells to; needs no GPU. What is up to date
 * in {@code target} is not compiled again.
 */
class NvccTest {

    private static final Path KERNELS = Path.of("src/main/resources/io/github/qwen3tts/internal/runtime/cuda/kernels");
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

    private record Compilation(Process process, Path ptx, Path output, Path log) {}

    static Stream<String> architectures() {
        return Soak.sweep(1, List.of("sm_90", "sm_80", "sm_120"));
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void compilesEveryKernelFile(String architecture) throws Exception {
        Assumptions.assumeTrue(
                output("nvcc", "--list-gpu-code").contains(architecture), "this nvcc does not know " + architecture);
        for (Path cubin : compiled(architecture)) {
            assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F'}, head(cubin));
        }
    }

    /**
     * What may start before the kernel in front has ended must not touch memory that it writes or reads. Copies ahead are of
     * weights in {@code tensor_linear}.
     */
    @Test
    void everyKernelWaitsBeforeItTouchesMemory() throws Exception {
        Pattern entry = Pattern.compile("\\.entry (\\w+)\\(.*?\n}", Pattern.DOTALL);
        String touch = "\\b(ld|st|atom|red)\\.(volatile\\.|relaxed\\.|acquire\\.)?global|\\bret;";
        Pattern touchOrCopy = Pattern.compile(touch + "|\\bcp\\.async\\.c[ag]\\b");
        for (Path cubin : compiled("sm_90")) {
            Path ptx = ptx(cubin);
            Matcher kernels = entry.matcher(Files.readString(ptx));
            int count = 0;
            while (kernels.find()) {
                int wait = kernels.group().indexOf("griddepcontrol.wait");
                Pattern early = kernels.group(1).startsWith("tensor_linear_") ? Pattern.compile(touch) : touchOrCopy;
                Matcher first = early.matcher(kernels.group());
                assertTrue(wait >= 0, kernels.group(1) + " does not wait");
                assertTrue(first.find() && first.start() > wait, kernels.group(1) + " waits too late");
                count++;
            }
            assertTrue(count > 0, ptx.toString());
        }
    }

    /** The cubin of every kernel file, new or from before; its PTX is beside it. */
    private static List<Path> compiled(String architecture) throws Exception {
        List<Path> outputs = new ArrayList<>();
        for (String file : KernelSources.FILES) {
            String key = Integer.toHexString((KernelSources.source(file) + KernelSources.headers()).hashCode());
            outputs.add(BUILD.resolve(file + "-" + key + "." + architecture + ".cubin"));
        }
        List<Compilation> running = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            Path output = outputs.get(i);
            if (Files.exists(output)) {
                continue;
            }
            if (running.isEmpty()) {
                System.out.println(
                        "nvcc compiles the kernels for " + architecture
                                + ", once, which takes a minute or two; ./dev soak NvccTest compiles them for every architecture");
            }
            while (running.stream().filter(one -> one.process().isAlive()).count()
                    >= Runtime.getRuntime().availableProcessors()) {
                Thread.sleep(20);
            }
            String file = KernelSources.FILES.get(i);
            Path kept = Files.createDirectories(BUILD.resolve("kept-" + architecture));
            Path log = BUILD.resolve(file + "." + architecture + ".log");
            List<String> command = new ArrayList<>(List.of("nvcc", "-cubin", "-arch=" + architecture));
            command.addAll(KernelSources.OPTIONS);
            command.addAll(List.of("-keep", "-keep-dir", kept.toString()));
            command.addAll(List.of(
                    "-o", part(output).toString(), KERNELS.resolve(file + ".cu").toString()));
            running.add(new Compilation(start(command, log), kept.resolve(file + ".ptx"), output, log));
        }
        for (Compilation one : running) {
            assertEquals(0, one.process().waitFor(), () -> one.output() + ": " + text(one.log()));
            Files.move(one.ptx(), ptx(one.output()), StandardCopyOption.REPLACE_EXISTING);
            Files.move(part(one.output()), one.output(), StandardCopyOption.REPLACE_EXISTING);
        }
        return outputs;
    }

    private static Path ptx(Path cubin) {
        return cubin.resolveSibling(cubin.getFileName().toString().replace(".cubin", ".ptx"));
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
