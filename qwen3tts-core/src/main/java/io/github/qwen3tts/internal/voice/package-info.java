/** Voices of clips: checks of the clip, and the file a cloned voice is kept in. */
package io.github.qwen3tts.internal.voice;
