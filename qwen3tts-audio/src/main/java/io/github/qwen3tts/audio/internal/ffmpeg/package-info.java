/**
 * Compressed audio through FFmpeg, where {@code org.bytedeco:ffmpeg} is on the class path. Only {@link
 * io.github.qwen3tts.audio.internal.ffmpeg.Ffmpeg} and what it names can be loaded without it; nothing else here knows {@code
 * org.bytedeco}.
 */
package io.github.qwen3tts.audio.internal.ffmpeg;
