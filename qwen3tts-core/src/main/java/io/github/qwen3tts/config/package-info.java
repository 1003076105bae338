/** {@code config.yaml}: one file that the library and the server read, as values. */
@NullMarked
package io.github.qwen3tts.config;

import org.jspecify.annotations.NullMarked;
