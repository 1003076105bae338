package io.github.qwen3tts.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The tiny checkpoint inside this jar. Checkpoints are mapped files, so it is unpacked first. */
public final class MiniCheckpoint {

    private static final List<String> FILES = List.of(
            "config.json",
            "generation_config.json",
            "merges.txt",
            "model.safetensors",
            "preprocessor_config.json",
            "speech_tokenizer/config.json",
            "speech_tokenizer/model.safetensors",
            "speech_tokenizer/preprocessor_config.json",
            "tokenizer_config.json",
            "vocab.json");

    private MiniCheckpoint() {}

    /**
     * Unpacks it.
     *
     * @return a directory that goes when the process does
     * @throws IOException if it cannot be written
     */
    public static Path unpack() throws IOException {
        Path directory = Files.createTempDirectory("qwen3tts-mini");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
        Files.createDirectory(directory.resolve("speech_tokenizer"));
        for (String file : FILES) {
            try (InputStream in = MiniCheckpoint.class.getResourceAsStream("mini/" + file)) {
                Files.copy(in, directory.resolve(file));
            }
        }
        return directory;
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
