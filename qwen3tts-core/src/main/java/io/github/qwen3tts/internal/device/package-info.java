/** Back ends: which device computes, in which precision, with how much memory. */
package io.github.qwen3tts.internal.device;
