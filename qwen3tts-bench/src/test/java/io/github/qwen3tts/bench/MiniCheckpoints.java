package io.github.qwen3tts.bench;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The four small checkpoints of random weights. */
final class MiniCheckpoints {

    private MiniCheckpoints() {}

    static Path directory(String name) {
        try {
            return Path.of(MiniCheckpoints.class
                    .getResource("/golden/checkpoints/" + name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
