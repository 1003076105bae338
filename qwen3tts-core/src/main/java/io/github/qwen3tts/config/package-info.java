/** {@code config.yaml}: one file that the library and the server read, as values. */
package io.github.qwen3tts.config;
