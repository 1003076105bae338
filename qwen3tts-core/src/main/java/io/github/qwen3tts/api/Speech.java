package io.github.qwen3tts.api;

import io.github.qwen3tts.audio.Pcm;

/**
 * A whole speech.
 *
 * @param audio mono, 24 kHz
 * @param stats what it came to
 */
public record Speech(Pcm audio, SynthesisStats stats) {}
