package io.github.qwen3tts.internal.runtime.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Builds the kernels for the host with the system's C++ compiler; what is up to date is not built again. */
final class HostShim {

    private static final Path KERNELS = Path.of("src/main/resources/io/github/qwen3tts/internal/runtime/cuda/kernels");
    private static final Path SHIM = Path.of("src/test/cuda");
    private static final Path BUILD = Path.of("target/host-shim");
    private static final List<String> FLAGS = List.of(
            "-std=c++17", "-O2", "-fPIC", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas");

    private HostShim() {}

    /** The device program, or an aborted test that says which compiler was looked for. */
    static Path device() {
        return built("host_device", List.of());
    }

    /** A library that stands in for the driver's, likewise. */
    static Path driver() {
        return built("host_driver", List.of("-shared", "-Wl,-soname,libcuda.so.1"));
    }

    /** A library without contents in the place of the CUDA runtime's, which the bindings want to see beside it. */
    static Path runtime() {
        Path library = BUILD.resolve("libcudart.so.12").toAbsolutePath();
        try {
            Files.createDirectories(BUILD);
            Path script = Files.writeString(BUILD.resolve("cudart.version"), "libcudart.so.12 { global: *; };");
            Path source = Files.writeString(BUILD.resolve("cudart.cpp"), "");
            List<String> command = List.of("-shared", "-Wl,-soname,libcudart.so.12", "-Wl,--version-script," + script);
            List<String> all = new ArrayList<>(List.of(compiler(), "-o", library.toString(), source.toString()));
            all.addAll(command);
            finish(start(all));
            return library;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("cannot build the stand-in for the CUDA runtime", e);
        }
    }

    private static synchronized Path built(String main, List<String> linkerFlags) {
        try {
            return build(compiler(), main, linkerFlags);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("cannot build the host's kernels", e);
        }
    }

    private static String compiler() {
        List<String> candidates = new ArrayList<>();
        Optional.ofNullable(System.getenv("CXX")).ifPresent(candidates::add);
        candidates.addAll(List.of("g++", "c++", "clang++"));
        return candidates.stream()
                .filter(HostShim::runs)
                .findFirst()
                .orElseGet(() ->
                        Assumptions.abort("kernels are not checked: no C++ compiler (tried $CXX, g++, c++, clang++)"));
    }

    private static boolean runs(String compiler) {
        try {
            Process process = new ProcessBuilder(compiler, "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Path build(String compiler, String main, List<String> linkerFlags)
            throws IOException, InterruptedException {
        Files.createDirectories(BUILD);
        StringBuilder common = new StringBuilder(compiler + arguments(compiler));
        for (String header : KernelSources.HEADERS) {
            common.append(Files.readString(KERNELS.resolve(header)));
        }
        common.append(Files.readString(SHIM.resolve("host_shim.hpp")));
        List<Path> objects = new ArrayList<>();
        List<Process> running = new ArrayList<>();
        for (String file : KernelSources.FILES) {
            objects.add(compile(compiler, KERNELS.resolve(file + ".cu"), common, running));
        }
        objects.add(compile(compiler, SHIM.resolve(main + ".cpp"), common, running));
        for (Process process : running) {
            finish(process);
        }
        for (int i = 0; i < objects.size(); i++) {
            Path part = part(objects.get(i));
            if (Files.exists(part)) {
                Files.move(part, objects.get(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Path program = BUILD.resolve(main + "-" + hash(objects.toString() + linkerFlags));
        if (!Files.exists(program)) {
            List<String> link =
                    new ArrayList<>(List.of(compiler, "-o", part(program).toString()));
            objects.forEach(object -> link.add(object.toString()));
            link.addAll(linkerFlags);
            finish(start(link));
            Files.move(part(program), program, StandardCopyOption.REPLACE_EXISTING);
        }
        return program.toAbsolutePath();
    }

    /** Fused multiply-adds in hardware where this machine has them: in software they are slow, not different. */
    private static List<String> arguments(String compiler) {
        List<String> arguments = new ArrayList<>(FLAGS);
        arguments.add(System.getProperty("os.arch").equals("amd64") ? "-march=native" : "-O2");
        return arguments;
    }

    private static Path compile(String compiler, Path source, CharSequence common, List<Process> running)
            throws IOException, InterruptedException {
        String name = source.getFileName().toString();
        Path object = BUILD.resolve(name + "-" + hash(common + Files.readString(source)) + ".o");
        if (Files.exists(object)) {
            return object;
        }
        while (running.stream().filter(Process::isAlive).count()
                >= Runtime.getRuntime().availableProcessors()) {
            Thread.sleep(20);
        }
        List<String> command = new ArrayList<>(List.of(compiler));
        command.addAll(arguments(compiler));
        command.addAll(List.of("-x", "c++", "-I", SHIM.toString(), "-include", "host_shim.hpp"));
        command.addAll(List.of("-c", source.toString(), "-o", part(object).toString()));
        running.add(start(command));
        return object;
    }

    private static Path part(Path path) {
        return path.resolveSibling(path.getFileName() + ".part");
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(BUILD.resolve("compiler-" + hash(command.toString()) + ".log")
                        .toFile())
                .start();
    }

    private static void finish(Process process) throws IOException, InterruptedException {
        if (process.waitFor() != 0) {
            throw new IOException("compiler failed: see " + BUILD.toAbsolutePath() + "/compiler-*.log");
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
