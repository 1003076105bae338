package io.github.qwen3tts.internal.checkpoint;

import java.util.Arrays;

/**
 * {@code speech_tokenizer/config.json}: the codec between audio and codes.
 *
 * @param sampleRateHz    of the audio on both sides
 * @param samplesPerFrame audio samples one frame of codes stands for
 * @param decoder         codes to audio
 * @param encoder         audio to codes
 */
public record CodecConfig(int sampleRateHz, int samplesPerFrame, Decoder decoder, Encoder encoder) {

    /**
     * Codes to audio.
     *
     * @param transformer     the layers after the first convolution
     * @param window          key frames a query sees, itself included
     * @param codeGroups      codes per frame
     * @param codebookSize    rows per codebook
     * @param codebookDim     twice the width of a code vector
     * @param latent          channels before the convolution stack
     * @param decoderChannels channels at the start of the convolution stack; halved by every block
     * @param upsamplingRatios of the ConvNeXt stages
     * @param upsampleRates   of the convolution blocks
     */
    public record Decoder(
            TransformerConfig transformer,
            int window,
            int codeGroups,
            int codebookSize,
            int codebookDim,
            int latent,
            int decoderChannels,
            int[] upsamplingRatios,
            int[] upsampleRates) {}

    /**
     * Audio to codes.
     *
     * @param transformer   the layers after the convolution stack
     * @param window        key frames a query sees in training; the official inference code sees all of them
     * @param filters       channels of the first convolution; doubled by every block
     * @param ratios        strides of the blocks, last one first
     * @param kernel        of the first convolution
     * @param lastKernel    of the last convolution
     * @param residualKernel of the residual units
     * @param codebookSize  rows per codebook
     * @param codebookDim   width of a code vector
     * @param codeGroups    codes per frame that are kept
     */
    public record Encoder(
            TransformerConfig transformer,
            int window,
            int filters,
            int[] ratios,
            int kernel,
            int lastKernel,
            int residualKernel,
            int codebookSize,
            int codebookDim,
            int codeGroups) {}

    static CodecConfig of(ConfigNode root) {
        int rate = root.positive("output_sample_rate");
        root.only("input_sample_rate", rate);
        ConfigNode decoder = root.object("decoder_config").only("num_semantic_quantizers", 1);
        ConfigNode encoder = root.object("encoder_config")
                .only("num_semantic_quantizers", 1)
                .only("num_residual_layers", 1)
                .only("use_causal_conv", true)
                .only("use_conv_shortcut", false)
                .only("pad_mode", "constant");
        int samplesPerFrame = root.positive("decode_upsample_rate");
        root.only("encode_downsample_rate", samplesPerFrame);
        Decoder decoderConfig = new Decoder(
                decoder.transformer("rms_norm_eps"),
                decoder.positive("sliding_window"),
                decoder.positive("num_quantizers"),
                decoder.positive("codebook_size"),
                decoder.positive("codebook_dim"),
                decoder.positive("latent_dim"),
                decoder.positive("decoder_dim"),
                decoder.positives("upsampling_ratios"),
                decoder.positives("upsample_rates"));
        double factor = product(decoderConfig.upsamplingRatios()) * product(decoderConfig.upsampleRates());
        if (factor != samplesPerFrame) {
            throw root.wrong("decode_upsample_rate", "the product of all upsampling rates");
        }
        TransformerConfig encoderTransformer = new TransformerConfig(
                encoder.positive("hidden_size"),
                encoder.positive("intermediate_size"),
                encoder.positive("num_hidden_layers"),
                encoder.positive("num_attention_heads"),
                encoder.only("num_key_value_heads", encoder.positive("num_attention_heads"))
                        .positive("num_key_value_heads"),
                encoder.positive("head_dim"),
                (float) encoder.positiveNumber("norm_eps"),
                encoder.positiveNumber("rope_theta"));
        Encoder encoderConfig = new Encoder(
                encoderTransformer,
                encoder.positive("sliding_window"),
                encoder.positive("num_filters"),
                encoder.positives("upsampling_ratios"),
                encoder.positive("kernel_size"),
                encoder.positive("last_kernel_size"),
                encoder.positive("residual_kernel_size"),
                encoder.positive("codebook_size"),
                encoder.positive("codebook_dim"),
                root.positive("encoder_valid_num_quantizers"));
        return new CodecConfig(rate, samplesPerFrame, decoderConfig, encoderConfig);
    }

    /** Exact as far as it can be equal to an int, and without overflow beyond. */
    private static double product(int[] factors) {
        return Arrays.stream(factors).asDoubleStream().reduce(1, (a, b) -> a * b);
    }
}
