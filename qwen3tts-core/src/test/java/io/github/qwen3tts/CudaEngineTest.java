package io.github.qwen3tts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.runtime.cuda.HostDriver;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The front door with a card behind it: kernels run on the CPU, everything above them is the real thing. */
class CudaEngineTest {

    @Test
    void speaksOnACardAsOnTheProcessor(@TempDir Path scratch) throws Exception {
        HostDriver.Run run = HostDriver.run(
                scratch,
                CudaEngineProgram.MEMORY_MIB,
                CudaEngineProgram.class,
                GoldenFiles.path("checkpoints/mini-custom-voice-1b7").toString(),
                scratch.resolve("cache").toString());
        List<String> said = run.lines();
        said.forEach(System.out::println);
        assertEquals(0, run.exitStatus());
        Soak.sweep(0, "INT8 spoke", "INT4 spoke").forEach(line -> assertTrue(said.contains(line), line));
        for (String line : List.of(
                "unasked: 2 streams",
                "auto with too little memory is cpu",
                "auto without kernels is cpu",
                "auto is cuda:0",
                "alone 0: equal",
                "alone 1: equal",
                "alone 2: equal",
                "together 0: equal",
                "together 1: equal",
                "together 2: equal",
                "beside a slow one: equal",
                "slow: equal",
                "endless: FRAME_LIMIT at position " + (CudaEngineProgram.MAX_FRAMES - 1),
                "BF16 spoke",
                "done")) {
            assertTrue(said.contains(line), line);
        }
        assertEquals(3, said.stream().filter("bytes in use 0"::equals).count(), "after failures, and after an engine");
        for (String part : List.of(
                "no such card refused: CUDA is off: there is no such device: device=3, devices=1",
                "too many streams refused: maxStreams must be 1 to 64",
                "too little memory refused: device memory does not suffice: neededMiB=",
                "maxStreams 64, maxPositions 200, maxTextRows 400002",
                "; lower maxStreams, maxFrames or maxTextTokens, or choose a smaller precision",
                "a long prompt refused: prompt fills the memory reserved per stream: promptPositions=",
                "; split the text, or raise maxFrames",
                "device auto: using cuda:0")) {
            assertTrue(said.stream().anyMatch(line -> line.contains(part)), part);
        }
    }
}
