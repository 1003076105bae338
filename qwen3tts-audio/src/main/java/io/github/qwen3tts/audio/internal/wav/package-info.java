/** WAV files: a reader for what exists, a writer for files, bytes and endless streams. */
package io.github.qwen3tts.audio.internal.wav;
