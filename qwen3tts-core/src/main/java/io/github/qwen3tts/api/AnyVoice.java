package io.github.qwen3tts.api;

/** No voice in particular. */
enum AnyVoice implements Voice {
    /** Whichever the model picks. */
    ANY
}
