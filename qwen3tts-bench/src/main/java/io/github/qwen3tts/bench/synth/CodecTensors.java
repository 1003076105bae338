package io.github.qwen3tts.bench.synth;

import io.github.qwen3tts.bench.synth.ModelDimensions.Layers;
import io.github.qwen3tts.internal.safetensors.DataType;
import java.util.List;

/** What {@code speech_tokenizer/model.safetensors} holds: codec decoder and codec encoder. */
final class CodecTensors {

    /** Kernel of the convolutions of the decoder. */
    private static final int KERNEL = 7;

    /** Of what a residual branch adds: eight or more of them add about what came in. */
    private static final double RESIDUAL = 0.3;

    private CodecTensors() {}

    static List<TensorSpec> list(CodecDimensions d) {
        TensorList all = new TensorList(DataType.F32);
        TensorList decoder = all.at("decoder");
        decoderQuantizer(decoder.at("quantizer"), d);
        decoder.conv("pre_conv.conv", d.latent(), d.quantized(), 3, 1);
        preTransformer(decoder.at("pre_transformer"), d);
        for (int u = 0; u < 2; u++) {
            decoder.transposedConv("upsample." + u + ".0.conv", d.latent(), d.latent(), 2, 2);
            convNext(decoder.at("upsample." + u + ".1"), d.latent());
        }
        convolutions(decoder.at("decoder"), d.decoderChannels(), d.latent());

        TensorList encoder = all.at("encoder");
        seaNet(encoder.at("encoder.layers"), d);
        encoderTransformer(encoder.at("encoder_transformer"), d.encoder());
        encoder.convWithoutBias(
                "downsample.conv", d.encoder().hidden(), d.encoder().hidden(), 4, 1);
        encoderQuantizer(encoder.at("quantizer"), d);
        return all.sorted();
    }

    private static void decoderQuantizer(TensorList quantizer, CodecDimensions d) {
        int rest = d.decoderLevels() - 1;
        residualQuantizer(quantizer.at("rvq_first"), 1, d, d.quantized(), "vq.layers", "_codebook", "embedding_sum");
        residualQuantizer(quantizer.at("rvq_rest"), rest, d, d.quantized(), "vq.layers", "_codebook", "embedding_sum");
    }

    private static void encoderQuantizer(TensorList quantizer, CodecDimensions d) {
        int rest = d.encoderLevels() - 1;
        int width = d.encoder().hidden();
        TensorList semantic = quantizer.at("semantic_residual_vector_quantizer");
        TensorList acoustic = quantizer.at("acoustic_residual_vector_quantizer");
        residualQuantizer(semantic, 1, d, width, "layers", "codebook", "embed_sum");
        residualQuantizer(acoustic, rest, d, width, "layers", "codebook", "embed_sum");
        semantic.add("layers.0.codebook.initialized", Fill.around(1, 0), 1);
        for (int i = 0; i < rest; i++) {
            acoustic.add("layers." + i + ".codebook.initialized", Fill.around(1, 0), 1);
        }
    }

    /** Code vectors are stored as a sum and how many were summed: about 2, so the sum is twice the vector. */
    private static void residualQuantizer(
            TensorList at, int levels, CodecDimensions d, int width, String layers, String codebook, String sum) {
        for (int i = 0; i < levels; i++) {
            TensorList level = at.at(layers + "." + i + "." + codebook);
            level.add(sum, Fill.normal(2), d.codebook(), d.vector());
            level.add("cluster_usage", Fill.around(2, 0.3), d.codebook());
        }
        at.convWithoutBias("input_proj", d.vector(), width, 1, 1);
        at.convWithoutBias("output_proj", width, d.vector(), 1, 1 / Math.sqrt(levels));
    }

    private static void preTransformer(TensorList transformer, CodecDimensions d) {
        Layers layers = d.decoder();
        transformer.linearWithBias("input_proj", layers.hidden(), d.latent(), 1);
        for (int i = 0; i < layers.layers(); i++) {
            TensorList layer = transformer.at("layers." + i);
            layer.norm("input_layernorm", layers.hidden());
            ModelTensors.attention(layer.at("self_attn"), layers, 1);
            layerScales(layer, layers.hidden());
            layer.norm("post_attention_layernorm", layers.hidden());
            ModelTensors.swiGlu(layer.at("mlp"), layers, 1);
        }
        transformer.norm("norm", layers.hidden());
        transformer.linearWithBias("output_proj", d.latent(), layers.hidden(), 1);
    }

    private static void layerScales(TensorList layer, int width) {
        layer.add("self_attn_layer_scale.scale", Fill.around(RESIDUAL, 0.05), width);
        layer.add("mlp_layer_scale.scale", Fill.around(RESIDUAL, 0.05), width);
    }

    private static void convNext(TensorList at, int width) {
        at.conv("dwconv.conv", width, 1, KERNEL, 1);
        at.normWithBias("norm", width);
        at.linearWithBias("pwconv1", 4 * width, width, 1);
        at.linearWithBias("pwconv2", width, 4 * width, 1);
        at.add("gamma", Fill.around(RESIDUAL, 0.05), width);
    }

    private static void convolutions(TensorList decoder, int channels, int latent) {
        decoder.conv("0.conv", channels, latent, KERNEL, 1);
        int in = channels;
        for (int b = 1; b <= CodecDimensions.DECODER_RATES.length; b++) {
            int rate = CodecDimensions.DECODER_RATES[b - 1];
            int out = in / 2;
            TensorList block = decoder.at(b + ".block");
            snake(block.at("0"), in);
            block.transposedConv("1.conv", in, out, 2 * rate, rate);
            for (int unit = 2; unit <= 4; unit++) {
                TensorList residual = block.at(String.valueOf(unit));
                snake(residual.at("act1"), out);
                residual.conv("conv1.conv", out, out, KERNEL, 1);
                snake(residual.at("act2"), out);
                residual.conv("conv2.conv", out, out, 1, RESIDUAL);
            }
            in = out;
        }
        snake(decoder.at("5"), in);
        decoder.conv("6.conv", 1, in, KERNEL, 0.03); // far from full scale
    }

    /** Logarithms of frequency and of inverse strength. */
    private static void snake(TensorList at, int channels) {
        at.add("alpha", Fill.normal(0.3), channels);
        at.add("beta", Fill.around(0.5, 0.3), channels);
    }

    private static void seaNet(TensorList layers, CodecDimensions d) {
        layers.conv("0.conv", d.filters(), 1, KERNEL, 3); // speech is far below full scale
        int in = d.filters();
        int index = 1;
        for (int stride : CodecDimensions.ENCODER_STRIDES) {
            layers.conv(index + ".block.1.conv", in / 2, in, 3, 1);
            layers.conv(index + ".block.3.conv", in, in / 2, 1, 1);
            layers.conv(index + 2 + ".conv", 2 * in, in, 2 * stride, 1.2); // half of an ELU is flat
            in *= 2;
            index += 3;
        }
        layers.conv(index + 1 + ".conv", d.encoder().hidden(), in, 3, 1.2);
    }

    private static void encoderTransformer(TensorList transformer, Layers d) {
        for (int i = 0; i < d.layers(); i++) {
            TensorList layer = transformer.at("layers." + i);
            layer.normWithBias("input_layernorm", d.hidden());
            ModelTensors.attention(layer.at("self_attn"), d, 1);
            layerScales(layer, d.hidden());
            layer.normWithBias("post_attention_layernorm", d.hidden());
            layer.linear("mlp.fc1", d.intermediate(), d.hidden(), 1);
            layer.linear("mlp.fc2", d.hidden(), d.intermediate(), 1);
        }
    }
}
