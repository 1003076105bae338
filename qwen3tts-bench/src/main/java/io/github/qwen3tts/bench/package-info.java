/** How fast the engine is on a machine, against what the machine could do, and how near a precision is to fp32. */
package io.github.qwen3tts.bench;
