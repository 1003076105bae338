/** Reads {@code config.yaml}, the file that the library and the programs around it share. */
package io.github.qwen3tts.config;
