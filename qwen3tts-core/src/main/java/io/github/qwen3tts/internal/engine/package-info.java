/** The frame loop: one thread that owns all streams, their chunks, cancellation and statistics. */
package io.github.qwen3tts.internal.engine;
