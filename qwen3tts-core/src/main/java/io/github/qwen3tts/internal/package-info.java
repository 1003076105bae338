/** Checks of arguments, for every package. */
package io.github.qwen3tts.internal;
