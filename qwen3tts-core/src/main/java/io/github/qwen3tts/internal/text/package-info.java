/** Text before the model sees it: byte-pair tokenizer and sentence splitting. */
package io.github.qwen3tts.internal.text;
