package io.github.qwen3tts.internal.device;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where files go that can be made again. */
public final class CacheDirectory {

    private CacheDirectory() {}

    /** {@code qwen3tts} below what the operating system has for this. */
    public static Path ofUser() {
        return of(System.getProperty("os.name"), Path.of(System.getProperty("user.home")), System.getenv());
    }

    /** Returns the cache directory of a user on an operating system. */
    public static Path of(String system, Path home, Map<String, String> environment) {
        String name = system.toLowerCase(Locale.ROOT);
        Path caches;
        String chosen = environment.getOrDefault("XDG_CACHE_HOME", "");
        String local = environment.getOrDefault("LOCALAPPDATA", "");
        if (!chosen.isEmpty()) {
            caches = Path.of(chosen);
        } else if (name.contains("win") && !local.isEmpty()) {
            caches = Path.of(local);
        } else if (name.contains("mac")) {
            caches = home.resolve("Library/Caches");
        } else {
            caches = home.resolve(".cache");
        }
        return caches.resolve("qwen3tts");
    }
}
