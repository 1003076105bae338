package io.github.qwen3tts.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Paths as people write them: relative to the file they stand in, a leading tilde for the home directory. */
final class Paths {

    private Paths() {}

    /** The path, or empty if the text cannot be one. */
    static Optional<Path> resolve(Path folder, String text) {
        try {
            if (text.equals("~") || text.startsWith("~/")) {
                return Optional.of(Path.of(System.getProperty("user.home"), text.substring(1)));
            }
            return Optional.of(folder.resolve(text).normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    static Path resolve(Section section, Setting<String> setting, Path folder, String text) {
        return resolve(folder, text).orElseThrow(() -> section.wrong(setting, "a path"));
    }
}
