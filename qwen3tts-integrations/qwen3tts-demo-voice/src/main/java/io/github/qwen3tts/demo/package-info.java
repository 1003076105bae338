/** The demo voice, which {@code TtsEngine.open("demo")} speaks with. */
package io.github.qwen3tts.demo;
