package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code that talks to the driver, through the real bindings, over a stand-in for the driver's library. */
class DriverDeviceTest {

    @Test
    void drivesACardThroughTheBindings(@TempDir Path scratch) throws Exception {
        HostDriver.Run run = HostDriver.run(scratch, DriverDeviceProgram.class);
        List<String> said = run.lines();
        said.forEach(System.out::println);
        assertEquals(0, run.exitStatus());
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
                "call=cuLaunchKernelEx, error=CUDA_ERROR_INVALID_VALUE (1), kernel=frame_begin<<<(1,1,1), 0, 0>>>",
                "call=cuLaunchKernel, error=CUDA_ERROR_INVALID_VALUE (1), kernel=frame_begin<<<(1,1,1), 0, 0>>>",
                "call=cuMemsetD8Async, error=CUDA_ERROR_INVALID_VALUE (1), bytes=16",
                "failedAt=too large, for=precision=bf16, streams=64, maxFrames=4096",
                "cannot read a supplied kernel")) {
            assertTrue(said.stream().anyMatch(line -> line.startsWith("refused: ") && line.contains(part)), part);
        }
        assertTrue(said.stream().noneMatch("NOT REFUSED"::equals));
    }
}
