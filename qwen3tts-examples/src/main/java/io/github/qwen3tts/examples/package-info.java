/** Programs that show one use of the library each. */
package io.github.qwen3tts.examples;
