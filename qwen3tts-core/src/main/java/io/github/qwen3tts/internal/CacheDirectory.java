package io.github.qwen3tts.internal;

import io.github.qwen3tts.api.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the directory for files that can be made again. */
public final class CacheDirectory {

    private static final System.Logger LOG = System.getLogger(CacheDirectory.class.getName());

    private static Path temporary; // guarded by the class; null until it is needed

    private CacheDirectory() {}

    /**
     * Returns {@code qwen3tts} below the cache directory that the operating system has for this user, or
     * {@link #temporary} if neither the environment nor a home directory names one.
     *
     * @return the directory, which need not exist
     */
    public static Path ofUser() {
        String home = System.getProperty("user.home", "");
        return of(System.getProperty("os.name", ""), home, System.getenv())
                .orElseGet(() -> temporary("the user has no home directory: user.home=" + home));
    }

    /**
     * Returns the cache directory of a user on an operating system. What is no absolute path is taken as unset, as the XDG
     * base directory specification asks for.
     *
     * @param system      {@code os.name}
     * @param home        {@code user.home}; Java writes {@code ?} where there is none
     * @param environment names and values
     * @return the directory, or empty if nothing names one
     */
    static Optional<Path> of(String system, String home, Map<String, String> environment) {
        String name = system.toLowerCase(Locale.ROOT);
        Optional<Path> below = absolute(environment.get("XDG_CACHE_HOME"));
        if (name.contains("win")) {
            below = below.or(() -> absolute(environment.get("LOCALAPPDATA")));
        }
        return below.or(() -> absolute(home).map(at -> at.resolve(name.contains("mac") ? "Library/Caches" : ".cache")))
                .map(caches -> caches.resolve("qwen3tts"));
    }

    private static Optional<Path> absolute(String path) {
        try {
            return Optional.ofNullable(path).map(Path::of).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns a directory that is deleted when this process ends: the same one at every call. The first call logs a
     * warning.
     *
     * @param reason why the user's directory cannot be used, for the warning
     * @return the directory, which exists
     * @throws ModelLoadException if there is no place for temporary files either
     */
    public static synchronized Path temporary(String reason) {
        if (temporary == null) {
            try {
                temporary = Files.createTempDirectory("qwen3tts");
            } catch (IOException e) {
                throw new ModelLoadException(
                        "there is no directory for files that can be made again: " + reason + ", and java.io.tmpdir="
                                + System.getProperty("java.io.tmpdir") + ": failure=" + e
                                + "; set XDG_CACHE_HOME to a directory that can be written",
                        e);
            }
            Path made = temporary;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(made)));
            LOG.log(
                    System.Logger.Level.WARNING,
                    "files are kept for this process only, in {0}: {1}; set XDG_CACHE_HOME to a directory that can be"
                            + " written",
                    made,
                    reason);
        }
        return temporary;
    }

    /**
     * Deletes a directory with everything in it, as far as that is possible.
     *
     * @param directory need not exist
     */
    public static void deleteQuietly(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot delete " + directory, e);
        }
    }
}
