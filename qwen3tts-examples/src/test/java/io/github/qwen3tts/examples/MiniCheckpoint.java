package io.github.qwen3tts.examples;

import java.nio.file.Path;

/** A small checkpoint of random weights: noise, but everything runs. */
final class MiniCheckpoint {

    static final String CUSTOM_VOICE = Path.of(
                    "../qwen3tts-core/src/test/resources/golden/checkpoints/mini-custom-voice")
            .toString();

    private MiniCheckpoint() {}
}
