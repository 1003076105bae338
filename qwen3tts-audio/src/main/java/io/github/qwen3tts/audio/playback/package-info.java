/** The sound card; nothing else here knows {@code javax.sound.sampled}. */
package io.github.qwen3tts.audio.playback;
