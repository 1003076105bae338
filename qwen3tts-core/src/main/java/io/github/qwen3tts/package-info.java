/** The front door: opens a checkpoint, wires the parts, closes them. */
package io.github.qwen3tts;
