/** The way of speech from its producer to its reader: queue, iterator, publisher, future, input stream. */
package io.github.qwen3tts.internal.stream;
