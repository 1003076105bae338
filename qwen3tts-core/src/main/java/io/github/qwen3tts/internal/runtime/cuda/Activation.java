package io.github.qwen3tts.internal.runtime.cuda;

/** What a layer does to its sums; the kernels know it by its ordinal. */
public enum Activation {
    /** Nothing. */
    NONE,
    /** {@code x / (1 + exp(-x))}. */
    SILU,
    /** {@code x / 2 * (1 + erf(x / sqrt(2)))}. */
    GELU,
    /** {@code silu(gate) * up} of the two halves of the sums, which leaves half as many. */
    GATE
}
