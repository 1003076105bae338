/** What the readers, writers and filters of audio share. */
package io.github.qwen3tts.audio.internal;
