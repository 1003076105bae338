package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KernelSourcesTest {

    private static final Path KERNELS = Path.of("src/main/resources/io/github/qwen3tts/internal/runtime/cuda/kernels");

    private static List<String> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(KERNELS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void everyKernelFileIsListed() throws IOException {
        assertEquals(files(".cu").stream().map(name -> name.replace(".cu", "")).toList(), KernelSources.FILES);
        assertEquals(files(".cuh"), KernelSources.HEADERS);
    }

    @Test
    void everyKernelFileStandsInTheTable() throws IOException {
        String table = Files.readString(KERNELS.resolve("README.md"));
        for (String file : KernelSources.FILES) {
            assertTrue(table.contains("| `" + file + ".cu` |"), file);
            assertTrue(KernelSources.source(file).startsWith("// " + file + ".cu - "), file);
        }
    }
}
