/** Audio without a model: samples with their rate, sinks, files. */
package io.github.qwen3tts.audio;
