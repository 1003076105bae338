package io.github.qwen3tts.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheDirectoryTest {

    private static final Path HOME = Path.of("home");

    @Test
    void everySystemHasItsOwnPlace() {
        assertEquals(Path.of("home/.cache/qwen3tts"), CacheDirectory.of("Linux", HOME, Map.of()));
        assertEquals(Path.of("home/Library/Caches/qwen3tts"), CacheDirectory.of("Mac OS X", HOME, Map.of()));
        assertEquals(
                Path.of("local/qwen3tts"),
                CacheDirectory.of("Windows 11", HOME, Map.of("LOCALAPPDATA", "local", "PATH", "x")));
    }

    @Test
    void theUsersChoiceComesFirstUnlessItIsEmpty() {
        Map<String, String> chosen = Map.of("XDG_CACHE_HOME", "chosen", "LOCALAPPDATA", "local");
        assertEquals(Path.of("chosen/qwen3tts"), CacheDirectory.of("Windows 11", HOME, chosen));
        Map<String, String> empty = Map.of("XDG_CACHE_HOME", "", "LOCALAPPDATA", "");
        assertEquals(Path.of("home/.cache/qwen3tts"), CacheDirectory.of("Linux", HOME, empty));
        assertEquals(Path.of("home/.cache/qwen3tts"), CacheDirectory.of("Windows 11", HOME, empty));
    }
}
