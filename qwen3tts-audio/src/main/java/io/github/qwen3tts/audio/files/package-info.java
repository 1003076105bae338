/** Audio files of any kind: WAV by ourselves, the rest through FFmpeg where it is on the class path. */
package io.github.qwen3tts.audio.files;
