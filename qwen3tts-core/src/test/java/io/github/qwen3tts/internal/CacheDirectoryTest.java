package io.github.qwen3tts.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheDirectoryTest {

    @ParameterizedTest
    @CsvSource({
        "Linux,      /home/me, , ,            /home/me/.cache/qwen3tts",
        "Linux,      /home/me, /caches, ,     /caches/qwen3tts",
        "Linux,      /home/me, '', ,          /home/me/.cache/qwen3tts",
        "Linux,      /home/me, caches, ,      /home/me/.cache/qwen3tts",
        "Linux,      ?, /caches, ,            /caches/qwen3tts",
        "Linux,      ?, , ,",
        "Linux,      '', '', ,",
        "Linux,      /, , ,                   /.cache/qwen3tts",
        "Linux,      /home/me, , /local,      /home/me/.cache/qwen3tts",
        "Mac OS X,   /Users/me, , ,           /Users/me/Library/Caches/qwen3tts",
        "Windows 11, /Users/me, , /local,     /local/qwen3tts",
        "Windows 11, /Users/me, , '',         /Users/me/.cache/qwen3tts",
        "Windows 11, ?, , ,"
    })
    void isWhereTheSystemKeepsCaches(String system, String home, String xdg, String local, String expected) {
        Map<String, String> environment = new HashMap<>();
        if (xdg != null) {
            environment.put("XDG_CACHE_HOME", xdg);
        }
        if (local != null) {
            environment.put("LOCALAPPDATA", local);
        }
        assertEquals(Optional.ofNullable(expected).map(Path::of), CacheDirectory.of(system, home, environment));
    }
}
