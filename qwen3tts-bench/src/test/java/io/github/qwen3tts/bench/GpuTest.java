package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.CacheDirectory;
import io.github.qwen3tts.internal.runtime.cuda.Cuda;
import io.github.qwen3tts.internal.runtime.cuda.CudaOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuTest {

    @Test
    void withoutACardItSaysWhyAndFails(@TempDir Path directory) {
        Assumptions.assumeFalse(
                Cuda.status(CudaOptions.of(0, CacheDirectory.ofUser())).available(), "this machine has a card");
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertEquals(
                    1, Main.run("gpu", "--out", directory.resolve("gpu.jsonl").toString()));
        } finally {
            System.setErr(before);
        }
        String text = said.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("error: CUDA is off: "), text);
    }
}
