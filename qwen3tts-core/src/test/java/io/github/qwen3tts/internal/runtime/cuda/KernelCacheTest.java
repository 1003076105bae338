package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {

    private static final byte[] BINARY = {1, 2, 3, 4, 5};

    @TempDir
    private Path directory;

    private int compilations;

    private byte[] get(Path cache, String key) {
        return new KernelCache(cache).get("conv", key, () -> {
            compilations++;
            return BINARY;
        });
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void theSameKeyIsCompiledOnce() throws IOException {
        assertArrayEquals(BINARY, get(directory, "a"));
        assertArrayEquals(BINARY, get(directory, "a"));
        assertEquals(1, compilations);
        assertEquals(1, files().size());
    }

    @Test
    void anotherKeyIsCompiledAgain() throws IOException {
        get(directory, "a");
        get(directory, "b");
        assertEquals(2, compilations);
        assertEquals(2, files().size());
    }

    @Test
    void aDamagedFileIsCompiledAgain() throws IOException {
        get(directory, "a");
        Path file = files().get(0);
        byte[] damaged = Files.readAllBytes(file);
        damaged[damaged.length - 1] ^= 1;
        Files.write(file, damaged);
        assertArrayEquals(BINARY, get(directory, "a"));
        assertEquals(2, compilations);
        assertArrayEquals(BINARY, get(directory, "a"));
        assertEquals(2, compilations, "the new file is whole");
    }

    @Test
    void aTruncatedFileIsCompiledAgain() throws IOException {
        get(directory, "a");
        Files.write(files().get(0), new byte[7]);
        assertArrayEquals(BINARY, get(directory, "a"));
        assertEquals(2, compilations);
    }

    @Test
    void aCacheThatCannotBeWrittenCostsOnlyTime() throws IOException {
        Path notADirectory = Files.writeString(directory.resolve("file"), "");
        assertArrayEquals(BINARY, get(notADirectory, "a"));
        assertArrayEquals(BINARY, get(notADirectory, "a"));
        assertEquals(2, compilations);
    }
}
