package io.github.qwen3tts;

import java.time.Duration;

/** Durations in frames of 80 ms. */
public final class Frames {

    private Frames() {}

    /** Returns the length of some frames. */
    public static Duration of(int frames) {
        return Duration.ofMillis(80L * frames);
    }
}
