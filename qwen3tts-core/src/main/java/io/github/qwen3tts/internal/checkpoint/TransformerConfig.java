package io.github.qwen3tts.internal.checkpoint;

/**
 * The numbers every transformer of the model has.
 *
 * @param hidden       width of the residual stream
 * @param intermediate width inside the feed-forward block
 * @param layers       how many layers
 * @param heads        query heads
 * @param kvHeads      key and value heads; divides {@code heads}
 * @param headDim      width of a head; not always {@code hidden / heads}
 * @param normEps      added to the mean square in norms
 * @param ropeTheta    base of the rotary frequencies
 */
public record TransformerConfig(
        int hidden,
        int intermediate,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        float normEps,
        double ropeTheta) {

    /**
     * Width of all query heads together.
     *
     * @return {@code heads * headDim}
     */
    public int queryWidth() {
        return heads * headDim;
    }

    /**
     * Width of all key heads together, and of all value heads.
     *
     * @return {@code kvHeads * headDim}
     */
    public int kvWidth() {
        return kvHeads * headDim;
    }
}
