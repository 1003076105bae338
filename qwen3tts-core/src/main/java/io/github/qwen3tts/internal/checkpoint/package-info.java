/** A released checkpoint directory: its configuration as records, its tensors under their published names. */
package io.github.qwen3tts.internal.checkpoint;
