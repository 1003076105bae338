/**
 * Checkpoints with random weights in the released layout: same files, names, shapes and types, so that everything runs
 * at its real size and speed without a download. What they speak is noise.
 */
package io.github.qwen3tts.bench.synth;
