package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SynthTest {

    @TempDir
    Path directory;

    @Test
    void anUnknownSizeOrTypeIsAWrongCommandLineAndWritesNothing() {
        Path out = directory.resolve("out");
        assertEquals(2, Main.run("synth", "--size", "2b", "--out", out.toString()));
        assertEquals(2, Main.run("synth", "--size", "0.6b", "--type", "opera", "--out", out.toString()));
        assertEquals(2, Main.run("synth", "--size", "0.6b"));
        assertFalse(Files.exists(out));
    }
}
