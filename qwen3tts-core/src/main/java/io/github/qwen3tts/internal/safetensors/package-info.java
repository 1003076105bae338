/** The safetensors file format: named tensors behind a JSON header, mapped and never copied whole. Knows no model. */
package io.github.qwen3tts.internal.safetensors;
