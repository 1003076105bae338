/**
 * Finds models by name: those that jars of the class path bring, and those of a Hugging Face hub, which are fetched into
 * the cache that its Python client uses too.
 *
 * <pre>{@code
 * Path directory = ModelHub.fromEnvironment().download("Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice");
 * }</pre>
 */
@NullMarked
package io.github.qwen3tts.hub;

import org.jspecify.annotations.NullMarked;
