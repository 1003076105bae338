package io.github.qwen3tts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.runtime.cuda.HostDriver;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The front door with a GPU behind it: kernels run on the CPU, everything above them is the real thing. */
class CudaEngineTest {

    /** At the first launch of a graph, which reads a prompt, and at later ones, which read others or make frames. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 13})
    void aLostDeviceEndsEveryStreamAndTheEngineStillCloses(int launch, @TempDir Path scratch) throws Exception {
        HostDriver.Run run = HostDriver.run(
                scratch,
                Map.of("STAND_IN_LOST_AT", Integer.toString(launch)),
                DeviceLostProgram.class,
                GoldenFiles.path("checkpoints/mini-custom-voice-1b7").toString(),
                scratch.resolve("cache").toString());
        List<String> said = run.lines();
        said.forEach(System.out::println);
        assertEquals(0, run.exitStatus());
        String lost = ": DeviceLostException: the GPU is lost: CUDA call failed: call=";
        assertEquals(
                3,
                said.stream().filter(line -> line.startsWith("stream" + lost)).count());
        assertEquals(
                1, said.stream().filter(line -> line.startsWith("later" + lost)).count());
        assertTrue(said.stream().anyMatch(line -> line.contains("error=CUDA_ERROR_ILLEGAL_ADDRESS (700)")));
        assertTrue(said.contains("close worked"));
        assertTrue(said.contains("closed: EngineClosedException: the engine is closed: build another TtsEngine"));
    }

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
        Soak.sweep(0, List.of("INT8 spoke", "INT4 spoke")).forEach(line -> assertTrue(said.contains(line), line));
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
