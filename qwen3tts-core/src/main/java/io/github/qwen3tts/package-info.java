/** The front door: opens a checkpoint, wires the parts, closes them. */
@NullMarked
package io.github.qwen3tts;

import org.jspecify.annotations.NullMarked;
