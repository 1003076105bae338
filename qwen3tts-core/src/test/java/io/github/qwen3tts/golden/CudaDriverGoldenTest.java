package io.github.qwen3tts.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.runtime.cuda.HostDriver;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that a machine with a GPU runs, over a stand-in for the driver: graphs, copies and context included. */
class CudaDriverGoldenTest {

    @Test
    void speaksAsTheOriginalModelThroughTheDriver(@TempDir Path scratch) throws Exception {
        HostDriver.Run run = HostDriver.run(
                scratch, CudaGoldenRunner.class, "src/test/resources/golden", "mini-base/zh-xvector-stereo-streaming");
        List<String> said = run.lines();
        said.forEach(System.out::println);
        assertEquals(0, run.exitStatus());
        for (String precision : List.of("fp32", "bf16")) {
            assertTrue(said.contains("passed mini-base/zh-xvector-stereo-streaming, " + precision));
            assertTrue(said.contains("passed all together, " + precision));
        }
        assertTrue(said.contains("4 passed, 0 failed"));
    }
}
