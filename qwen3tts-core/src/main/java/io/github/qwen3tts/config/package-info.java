/** Reads {@code config.yaml}, the file that the library and the programs around it share. */
@NullMarked
package io.github.qwen3tts.config;

import org.jspecify.annotations.NullMarked;
