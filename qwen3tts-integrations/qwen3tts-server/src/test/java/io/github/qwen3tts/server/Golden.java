package io.github.qwen3tts.server;

import java.nio.file.Path;

/** The mini checkpoints of core's tests and the clip beside them. */
final class Golden {

    private static final Path DIRECTORY = Path.of("../../qwen3tts-core/src/test/resources/golden");

    /** Preset speakers; speaks on and on unless it is limited. */
    static final Path CUSTOM_VOICE = checkpoint("mini-custom-voice");

    /** Preset speakers, and instructions count. */
    static final Path CUSTOM_VOICE_INSTRUCTED = checkpoint("mini-custom-voice-1b7");

    /** Voices from words. */
    static final Path VOICE_DESIGN = checkpoint("mini-voice-design");

    /** Cloned voices. */
    static final Path BASE = checkpoint("mini-base");

    /** A few words of one person. */
    static final Path CLIP = DIRECTORY.resolve("audio/speech_short_24k.wav").toAbsolutePath();

    /** What a test claims is said in it. */
    static final String TRANSCRIPT = "Good morning.";

    private Golden() {}

    private static Path checkpoint(String name) {
        return DIRECTORY.resolve("checkpoints").resolve(name).toAbsolutePath();
    }
}
