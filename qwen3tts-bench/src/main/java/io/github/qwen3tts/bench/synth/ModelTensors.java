package io.github.qwen3tts.bench.synth;

import io.github.qwen3tts.bench.synth.ModelDimensions.Layers;
import io.github.qwen3tts.bench.synth.ModelDimensions.SpeakerEncoder;
import io.github.qwen3tts.internal.safetensors.DataType;
import java.util.List;

/** What {@code model.safetensors} holds: talker, code predictor, text embedding and, in Base models, speaker encoder. */
final class ModelTensors {

    /** Spread of the logits: a choice is neither certain nor blind. */
    private static final double LOGITS = 3;

    private static final int RELEASED_END_OF_SPEECH = 2150;

    private ModelTensors() {}

    static List<TensorSpec> list(ModelDimensions d, boolean withSpeakerEncoder) {
        TensorList all = new TensorList(DataType.BF16);
        talker(all.at("talker"), d);
        codePredictor(all.at("talker.code_predictor"), d);
        if (withSpeakerEncoder) {
            speakerEncoder(all.at("speaker_encoder"), d.speakerEncoder());
        }
        return all.sorted();
    }

    private static void talker(TensorList talker, ModelDimensions d) {
        int hidden = d.talker().hidden();
        talker.add("model.text_embedding.weight", Fill.normal(1), d.textVocab(), d.textHidden());
        talker.linearWithBias("text_projection.linear_fc1", d.textHidden(), d.textHidden(), 1);
        talker.linear("text_projection.linear_fc2", hidden, d.textHidden(), 1);
        // Every position has a text side, so this mean is in every hidden vector; the row of the head that ends speech
        // points away from it, and no benchmark ends early.
        talker.add("text_projection.linear_fc2.bias", Fill.around(0.5, 0.05), hidden);
        double awayFromMean = -32.0 / hidden;
        talker.add(
                "codec_head.weight",
                Fill.normalWithRow(LOGITS / Math.sqrt(hidden), d.codecId(RELEASED_END_OF_SPEECH), hidden, awayFromMean),
                d.codecVocab(),
                hidden);
        talker.add("model.codec_embedding.weight", Fill.normal(0.5), d.codecVocab(), hidden);
        layers(talker.at("model"), d.talker());
    }

    private static void codePredictor(TensorList predictor, ModelDimensions d) {
        int width = d.codePredictor().hidden();
        if (d.hasPredictorProjection()) {
            predictor.linearWithBias(
                    "small_to_mtp_projection", width, d.talker().hidden(), 1);
        }
        for (int i = 0; i < d.groups() - 1; i++) {
            predictor.add(
                    "model.codec_embedding." + i + ".weight",
                    Fill.normal(0.2),
                    d.codebook(),
                    d.talker().hidden());
            predictor.linear("lm_head." + i, d.codebook(), width, LOGITS);
        }
        layers(predictor.at("model"), d.codePredictor());
    }

    private static void layers(TensorList model, Layers d) {
        double residual = 1.5 / Math.sqrt(2 * d.layers()); // all layers together add about what came in
        for (int i = 0; i < d.layers(); i++) {
            TensorList layer = model.at("layers." + i);
            layer.norm("input_layernorm", d.hidden());
            attention(layer.at("self_attn"), d, residual);
            layer.norm("self_attn.q_norm", d.headDim());
            layer.norm("self_attn.k_norm", d.headDim());
            layer.norm("post_attention_layernorm", d.hidden());
            swiGlu(layer.at("mlp"), d, residual);
        }
        model.norm("norm", d.hidden());
    }

    static void attention(TensorList at, Layers d, double residual) {
        int queries = d.heads() * d.headDim();
        int keys = d.kvHeads() * d.headDim();
        at.linear("q_proj", queries, d.hidden(), 1);
        at.linear("k_proj", keys, d.hidden(), 1);
        at.linear("v_proj", keys, d.hidden(), 1);
        at.linear("o_proj", d.hidden(), queries, residual);
    }

    static void swiGlu(TensorList at, Layers d, double residual) {
        at.linear("gate_proj", d.intermediate(), d.hidden(), 1);
        at.linear("up_proj", d.intermediate(), d.hidden(), 1);
        at.linear("down_proj", d.hidden(), d.intermediate(), residual);
    }

    private static void speakerEncoder(TensorList encoder, SpeakerEncoder d) {
        int channels = d.channels();
        int group = channels / d.scale();
        encoder.conv("blocks.0.conv", channels, d.melBands(), 5, 0.2); // log-mel values are about -10 to 1
        for (int b = 1; b <= 3; b++) {
            TensorList block = encoder.at("blocks." + b);
            block.conv("tdnn1.conv", channels, channels, 1, 1);
            for (int j = 0; j < d.scale() - 1; j++) {
                block.conv("res2net_block.blocks." + j + ".conv", group, group, 3, 1);
            }
            block.conv("tdnn2.conv", channels, channels, 1, 1);
            block.conv("se_block.conv1", d.seChannels(), channels, 1, 1);
            block.conv("se_block.conv2", channels, d.seChannels(), 1, 1);
        }
        encoder.conv("mfa.conv", d.aggregated(), 3 * channels, 1, 1);
        encoder.conv("asp.tdnn.conv", d.attentionChannels(), 3 * d.aggregated(), 1, 1);
        encoder.conv("asp.conv", d.aggregated(), d.attentionChannels(), 1, 1);
        encoder.conv("fc", d.embedding(), 2 * d.aggregated(), 1, 0.5);
    }
}
