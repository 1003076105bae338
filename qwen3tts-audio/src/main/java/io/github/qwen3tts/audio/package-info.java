/** Audio without a model: samples with their rate, sinks, files. */
@NullMarked
package io.github.qwen3tts.audio;

import org.jspecify.annotations.NullMarked;
