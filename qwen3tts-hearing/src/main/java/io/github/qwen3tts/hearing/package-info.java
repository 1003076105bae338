/** Judges synthesised speech: what a speech recogniser understands of it, and how it sounds. */
package io.github.qwen3tts.hearing;
