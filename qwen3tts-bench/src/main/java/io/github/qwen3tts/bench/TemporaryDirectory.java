package io.github.qwen3tts.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory that goes with everything in it when it is closed. */
record TemporaryDirectory(Path path) implements AutoCloseable {

    static TemporaryDirectory create() throws IOException {
        return new TemporaryDirectory(Files.createTempDirectory("qwen3tts-bench"));
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
