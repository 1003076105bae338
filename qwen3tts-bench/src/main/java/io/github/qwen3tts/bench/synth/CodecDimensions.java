package io.github.qwen3tts.bench.synth;

import io.github.qwen3tts.bench.synth.ModelDimensions.Layers;

/**
 * The sizes of the codec. Rates and kernels are the released ones whatever the widths are: the two upsampling stages
 * double, the four blocks of the decoder multiply by 8, 5, 4, 3, the encoder divides by 4, 5, 6, 8 and 2.
 *
 * @param decoder         layers between codes and convolutions
 * @param latent          channels before the convolutions
 * @param decoderChannels at the start of the convolutions; halved by every block
 * @param encoder         layers between convolutions and codes
 * @param filters         channels of the first convolution of the encoder; doubled by every block
 * @param codebook        rows of every codebook
 * @param vector          width of a code vector
 * @param decoderLevels   codebooks of the decoder
 * @param encoderLevels   codebooks of the encoder, more than are used
 */
record CodecDimensions(
        Layers decoder,
        int latent,
        int decoderChannels,
        Layers encoder,
        int filters,
        int codebook,
        int vector,
        int decoderLevels,
        int encoderLevels) {

    static final CodecDimensions RELEASED = new CodecDimensions(
            new Layers(512, 1024, 8, 16, 16, 64),
            1024,
            1536,
            new Layers(512, 2048, 8, 8, 8, 64),
            64,
            2048,
            256,
            16,
            32);

    /** Factors of the blocks of the decoder. */
    static final int[] DECODER_RATES = {8, 5, 4, 3};

    /** Strides of the blocks of the encoder. */
    static final int[] ENCODER_STRIDES = {4, 5, 6, 8};

    /** Width of what the two quantizers of the decoder give. */
    int quantized() {
        return 2 * vector;
    }
}
