/** Large matrices in 8 or 4 bits: made once from the checkpoint, kept in a cache file, mapped ever after. */
package io.github.qwen3tts.internal.quantize;
