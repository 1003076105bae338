package io.github.qwen3tts.bench.synth;

/**
 * The sizes of talker, code predictor and text embedding.
 *
 * @param size            {@code 0b6} or {@code 1b7}, as config.json writes it
 * @param talker          the large transformer
 * @param codePredictor   the small transformer
 * @param codecVocab      codes of group 0 and, at the end, 1024 control codes
 * @param codebook        codes per group
 * @param groups          codes per frame
 * @param textVocab       rows of the text embedding
 * @param textHidden      width of the text embedding
 * @param firstAddedToken id of {@code <|endoftext|>}, which 32 more added tokens follow
 * @param speakerEncoder  of Base models
 */
record ModelDimensions(
        String size,
        Layers talker,
        Layers codePredictor,
        int codecVocab,
        int codebook,
        int groups,
        int textVocab,
        int textHidden,
        int firstAddedToken,
        SpeakerEncoder speakerEncoder) {

    /** 0.6B. */
    static final ModelDimensions SMALL = released("0b6", 1024, 3072);

    /** 1.7B. */
    static final ModelDimensions LARGE = released("1b7", 2048, 6144);

    /**
     * The layers of a transformer.
     *
     * @param hidden       width of the residual stream
     * @param intermediate width inside the feed-forward block
     * @param layers       how many
     * @param heads        query heads
     * @param kvHeads      key and value heads
     * @param headDim      width of a head
     */
    record Layers(int hidden, int intermediate, int layers, int heads, int kvHeads, int headDim) {}

    /**
     * The network that makes a speaker vector.
     *
     * @param melBands          rows of its input
     * @param channels          inside the blocks
     * @param aggregated        after all blocks together
     * @param attentionChannels inside the pooling
     * @param seChannels        inside squeeze and excitation
     * @param scale             groups inside a block
     * @param embedding         width of the vector
     */
    record SpeakerEncoder(
            int melBands,
            int channels,
            int aggregated,
            int attentionChannels,
            int seChannels,
            int scale,
            int embedding) {}

    private static ModelDimensions released(String size, int hidden, int intermediate) {
        return new ModelDimensions(
                size,
                new Layers(hidden, intermediate, 28, 16, 8, 128),
                new Layers(1024, 3072, 5, 16, 8, 128),
                3072,
                2048,
                16,
                151_936,
                2048,
                151_643,
                new SpeakerEncoder(128, 512, 1536, 128, 128, 8, hidden));
    }

    /** Whether the talker's vectors are projected to the code predictor's width. */
    boolean hasPredictorProjection() {
        return talker.hidden() != codePredictor.hidden();
    }

    /** A control code, language or speaker: released ids keep their distance to the end of the vocabulary. */
    int codecId(int released) {
        return released - 3072 + codecVocab;
    }
}
