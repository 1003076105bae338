package io.github.qwen3tts.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.runtime.cuda.HostDriver;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that a machine with a card runs, over a stand-in for the driver: graphs, copies and context included. */
class CudaDriverGoldenTest {

    @Test
    void speaksAsTheOriginalModelThroughTheDriver(@TempDir Path scratch) throws Exception {
        HostDriver.Run run = HostDriver.run(
                scratch, CudaGoldenRunner.class, "src/test/resources/golden", "mini-base/zh-xvector-stereo-streaming");
        List<String> said = run.lines();
        said.forEach(System.out::println);
        assertEquals(0, run.exitStatus());
        assertTrue(said.contains("passed mini-base/zh-xvector-stereo-streaming"));
        assertTrue(said.contains("2 passed, 0 failed"));
    }
}
