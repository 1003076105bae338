package io.github.qwen3tts.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code that talks to the driver, through the real bindings, over a stand-in for the driver's library. */
class DriverDeviceTest {

    private static final String BINDINGS = "org/bytedeco/cuda/linux-x86_64/libjnicudart.so";

    @Test
    void drivesACardThroughTheBindings(@TempDir Path scratch) throws Exception {
        Assumptions.assumeTrue(
                getClass().getClassLoader().getResource(BINDINGS) != null,
                "the driver's bindings are not on the class path of the tests (Linux x86-64 only)");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dorg.bytedeco.javacpp.cachedir="
                                + Path.of("target/javacpp").toAbsolutePath(),
                        DriverDeviceProgram.class.getName(),
                        HostShim.runtime().toString(),
                        HostShim.driver().toString(),
                        scratch.toString())
                .redirectErrorStream(true)
                .start();
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        said.forEach(System.out::println);
        assertEquals(0, process.waitFor(), "exit status");
        assertTrue(said.contains("done"));
        for (String line : List.of(
                "CUDA is on: device 0 (host shim), compute capability 9.0, 4096 MiB, driver for CUDA 12.9",
                "CUDA is off: there is no such device: device=3, devices=1; use the CPU",
                "captured, nothing run: equal",
                "graph: equal",
                "one by one: equal",
                "bytes in use after closing 0",
                "bytes in use after a failure 0")) {
            assertTrue(said.contains(line), line);
        }
        for (String part : List.of(
                "error=CUDA_ERROR_NOT_FOUND (500), kernel=no_such_kernel",
                "kernel needs more shared memory than the card has",
                "call=cuMemsetD8Async, error=CUDA_ERROR_INVALID_VALUE (1), bytes=16",
                "failedAt=too large, for=precision=bf16, streams=64, maxFrames=4096",
                "cannot read a supplied kernel")) {
            assertTrue(said.stream().anyMatch(line -> line.startsWith("refused: ") && line.contains(part)), part);
        }
        assertTrue(said.stream().noneMatch("NOT REFUSED"::equals));
    }
}
