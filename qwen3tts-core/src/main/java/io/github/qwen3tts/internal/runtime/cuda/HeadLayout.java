package io.github.qwen3tts.internal.runtime.cuda;

/**
 * The heads of an attention layer.
 *
 * @param heads   query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param dim     width of a head, even, at most 128
 */
public record HeadLayout(int heads, int kvHeads, int dim) {

    /**
     * Width of a row of q, k and v.
     *
     * @return {@code (heads + 2 * kvHeads) * dim}
     */
    public int qkvWidth() {
        return (heads + 2 * kvHeads) * dim;
    }

    /**
     * Width of a row of queries.
     *
     * @return {@code heads * dim}
     */
    public int queryWidth() {
        return heads * dim;
    }
}
