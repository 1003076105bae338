package io.github.qwen3tts.config;

import java.util.Optional;

/**
 * One name of a section: what it may hold, what it is unless said, and what it means. The reader and the JSON schema
 * are both made of these.
 *
 * @param name     in the file
 * @param kind     of its values
 * @param fallback unless said; empty if it may be left out and is then absent
 * @param required whether it must be said
 * @param secret   whether its value is kept out of logs
 * @param meaning  one sentence for people
 * @param <T>      the type of its values
 */
record Setting<T>(String name, Kind<T> kind, Optional<T> fallback, boolean required, boolean secret, String meaning) {

    static <T> Setting<T> required(String name, Kind<T> kind, String meaning) {
        return new Setting<>(name, kind, Optional.empty(), true, false, meaning);
    }

    static <T> Setting<T> optional(String name, Kind<T> kind, String meaning) {
        return new Setting<>(name, kind, Optional.empty(), false, false, meaning);
    }

    static <T> Setting<T> of(String name, Kind<T> kind, T fallback, String meaning) {
        return new Setting<>(name, kind, Optional.of(fallback), false, false, meaning);
    }

    Setting<T> asSecret() {
        return new Setting<>(name, kind, fallback, required, true, meaning);
    }
}
