package io.github.qwen3tts.bench.synth;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.bench.synth.ModelDimensions.Layers;
import io.github.qwen3tts.bench.synth.ModelDimensions.SpeakerEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON files of a checkpoint, with the fields of the released ones. */
final class ConfigFiles {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRANSFORMERS = "4.57.3";

    private final ModelDimensions model;
    private final CodecDimensions codec;
    private final VoiceKind kind;
    private final SyntheticVocabulary vocabulary;

    ConfigFiles(ModelDimensions model, CodecDimensions codec, VoiceKind kind, SyntheticVocabulary vocabulary) {
        this.model = model;
        this.codec = codec;
        this.kind = kind;
        this.vocabulary = vocabulary;
    }

    /** {@code config.json} last. */
    void write(Path directory) throws IOException {
        write(directory.resolve("generation_config.json"), generation());
        write(
                directory.resolve("preprocessor_config.json"),
                JSON.createObjectNode().put("processor_class", "Qwen3TTSProcessor"));
        write(directory.resolve("speech_tokenizer/config.json"), codec());
        write(directory.resolve("speech_tokenizer/preprocessor_config.json"), featureExtractor());
        write(directory.resolve("config.json"), config());
    }

    private static void write(Path file, ObjectNode content) throws IOException {
        Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
    }

    private ObjectNode config() {
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add("Qwen3TTSForConditionalGeneration");
        config.put("assistant_token_id", vocabulary.id("assistant"))
                .put("im_end_token_id", vocabulary.added("<|im_end|>"))
                .put("im_start_token_id", vocabulary.added("<|im_start|>"))
                .put("tts_bos_token_id", vocabulary.added("<tts_text_bos>"))
                .put("tts_eos_token_id", vocabulary.added("<tts_text_eod>"))
                .put("tts_pad_token_id", vocabulary.added("<tts_pad>"))
                .put("model_type", "qwen3_tts")
                .put("tokenizer_type", "qwen3_tts_tokenizer_12hz")
                .put("tts_model_size", model.size())
                .put("tts_model_type", kind.published());
        config.set("talker_config", talker());
        config.put("transformers_version", TRANSFORMERS);
        if (kind == VoiceKind.BASE) {
            config.set("speaker_encoder_config", speakerEncoder(model.speakerEncoder()));
        }
        return config;
    }

    private ObjectNode talker() {
        ObjectNode talker = transformer(model.talker());
        talker.put("text_hidden_size", model.textHidden()).put("text_vocab_size", model.textVocab());
        talker.set("code_predictor_config", codePredictor());
        talker.put("codec_bos_id", model.codecId(2149))
                .put("codec_eos_token_id", model.codecId(2150))
                .put("codec_think_id", model.codecId(2154))
                .put("codec_nothink_id", model.codecId(2155))
                .put("codec_pad_id", model.codecId(2148))
                .put("codec_think_bos_id", model.codecId(2156))
                .put("codec_think_eos_id", model.codecId(2157));
        ObjectNode languages = talker.putObject("codec_language_id");
        languages().forEach((name, id) -> languages.put(name, model.codecId(id)));
        ObjectNode speakers = talker.putObject("spk_id");
        ObjectNode dialects = talker.putObject("spk_is_dialect");
        if (kind == VoiceKind.CUSTOM_VOICE) {
            speakers().forEach((name, id) -> {
                speakers.put(name, model.codecId(id));
                dialects.put(name, false);
            });
            dialects.put("eric", "sichuan_dialect").put("dylan", "beijing_dialect");
        }
        ObjectNode rope = talker.put("hidden_act", "silu")
                .put("initializer_range", 0.02)
                .put("max_position_embeddings", 32_768)
                .put("model_type", "qwen3_tts_talker")
                .put("num_code_groups", model.groups())
                .put("position_id_per_seconds", 13)
                .put("rms_norm_eps", 1e-6)
                .put("rope_theta", 1_000_000)
                .putNull("sliding_window")
                .put("use_cache", true)
                .put("use_sliding_window", false)
                .put("vocab_size", model.codecVocab())
                .putObject("rope_scaling");
        int half = model.talker().headDim() / 2;
        int side = half * 5 / 16;
        rope.put("interleaved", true);
        rope.putArray("mrope_section").add(half - 2 * side).add(side).add(side);
        rope.put("rope_type", "default").put("type", "default");
        return talker;
    }

    private ObjectNode codePredictor() {
        ObjectNode predictor = transformer(model.codePredictor());
        ArrayNode types = predictor.putArray("layer_types");
        for (int i = 0; i < model.codePredictor().layers(); i++) {
            types.add("full_attention");
        }
        return predictor
                .put("hidden_act", "silu")
                .put("initializer_range", 0.02)
                .put("max_position_embeddings", 65_536)
                .put("max_window_layers", 28)
                .put("model_type", "qwen3_tts_talker_code_predictor")
                .put("num_code_groups", model.groups())
                .put("rms_norm_eps", 1e-6)
                .putNull("rope_scaling")
                .put("rope_theta", 1_000_000)
                .putNull("sliding_window")
                .put("use_cache", true)
                .put("use_sliding_window", false)
                .put("vocab_size", model.codebook());
    }

    private static ObjectNode transformer(Layers d) {
        return JSON.createObjectNode()
                .put("hidden_size", d.hidden())
                .put("intermediate_size", d.intermediate())
                .put("num_hidden_layers", d.layers())
                .put("num_attention_heads", d.heads())
                .put("num_key_value_heads", d.kvHeads())
                .put("head_dim", d.headDim())
                .put("attention_bias", false)
                .put("attention_dropout", 0);
    }

    private Map<String, Integer> languages() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        ids.put("chinese", 2055);
        ids.put("english", 2050);
        ids.put("german", 2053);
        ids.put("italian", 2070);
        ids.put("portuguese", 2071);
        ids.put("spanish", 2054);
        ids.put("japanese", 2058);
        ids.put("korean", 2064);
        ids.put("french", 2061);
        ids.put("russian", 2069);
        if (kind == VoiceKind.CUSTOM_VOICE) {
            ids.put("beijing_dialect", 2074);
            ids.put("sichuan_dialect", 2062);
        }
        return ids;
    }

    private static Map<String, Integer> speakers() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        ids.put("serena", 3066);
        ids.put("vivian", 3065);
        ids.put("uncle_fu", 3010);
        ids.put("ryan", 3061);
        ids.put("aiden", 2861);
        ids.put("ono_anna", 2873);
        ids.put("sohee", 2864);
        ids.put("eric", 2875);
        ids.put("dylan", 2878);
        return ids;
    }

    private static ObjectNode speakerEncoder(SpeakerEncoder d) {
        ObjectNode encoder = JSON.createObjectNode();
        ArrayNode channels = encoder.putArray("enc_channels");
        for (int i = 0; i < 4; i++) {
            channels.add(d.channels());
        }
        channels.add(d.aggregated());
        encoder.putArray("enc_kernel_sizes").add(5).add(3).add(3).add(3).add(1);
        return encoder.put("enc_attention_channels", d.attentionChannels())
                .put("enc_res2net_scale", d.scale())
                .put("enc_se_channels", d.seChannels())
                .put("enc_dim", d.embedding())
                .put("sample_rate", 24_000);
    }

    private static ObjectNode generation() {
        return JSON.createObjectNode()
                .put("do_sample", true)
                .put("repetition_penalty", 1.05)
                .put("temperature", 0.9)
                .put("top_p", 1.0)
                .put("top_k", 50)
                .put("subtalker_dosample", true)
                .put("subtalker_temperature", 0.9)
                .put("subtalker_top_p", 1.0)
                .put("subtalker_top_k", 50)
                .put("max_new_tokens", 8192);
    }

    private ObjectNode codec() {
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add("Qwen3TTSTokenizerV2Model");
        config.put("model_type", "qwen3_tts_tokenizer_12hz")
                .put("encoder_valid_num_quantizers", codec.decoderLevels())
                .put("input_sample_rate", 24_000)
                .put("output_sample_rate", 24_000)
                .put("decode_upsample_rate", 1920)
                .put("encode_downsample_rate", 1920);
        config.set("decoder_config", codecDecoder());
        config.set("encoder_config", codecEncoder());
        return config.put("transformers_version", TRANSFORMERS);
    }

    private ObjectNode codecDecoder() {
        ObjectNode decoder = transformer(codec.decoder())
                .put("latent_dim", codec.latent())
                .put("codebook_dim", codec.quantized())
                .put("codebook_size", codec.codebook())
                .put("decoder_dim", codec.decoderChannels())
                .put("hidden_act", "silu")
                .put("layer_scale_initial_scale", 0.01)
                .put("max_position_embeddings", 8000)
                .put("num_quantizers", codec.decoderLevels())
                .put("num_semantic_quantizers", 1)
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 10_000)
                .put("semantic_codebook_size", 4096)
                .put("sliding_window", 72)
                .put("vector_quantization_hidden_dimension", codec.quantized());
        for (int rate : CodecDimensions.DECODER_RATES) {
            decoder.withArray("upsample_rates").add(rate);
        }
        decoder.putArray("upsampling_ratios").add(2).add(2);
        return decoder;
    }

    private ObjectNode codecEncoder() {
        ObjectNode encoder = transformer(codec.encoder())
                .put("_frame_rate", 12.5)
                .put("audio_channels", 1)
                .put("codebook_dim", codec.vector())
                .put("codebook_size", codec.codebook())
                .put("compress", 2)
                .put("dilation_growth_rate", 2)
                .put("dtype", "float32")
                .put("hidden_act", "gelu")
                .put("initializer_range", 0.02)
                .put("kernel_size", 7)
                .put("last_kernel_size", 3)
                .put("layer_scale_initial_scale", 0.01)
                .put("max_position_embeddings", 8000)
                .put("norm_eps", 1e-5)
                .put("normalize", false)
                .put("num_filters", codec.filters())
                .put("num_quantizers", codec.encoderLevels())
                .put("num_residual_layers", 1)
                .put("num_semantic_quantizers", 1)
                .put("pad_mode", "constant")
                .put("residual_kernel_size", 3)
                .put("rope_theta", 10_000)
                .put("sampling_rate", 24_000)
                .put("sliding_window", 250)
                .put("trim_right_ratio", 1.0)
                .put("upsample_groups", codec.encoder().hidden())
                .put("use_cache", false)
                .put("use_causal_conv", true)
                .put("use_conv_shortcut", false)
                .put("use_streaming", false)
                .put("vector_quantization_hidden_dimension", codec.vector());
        for (int i = CodecDimensions.ENCODER_STRIDES.length - 1; i >= 0; i--) {
            encoder.withArray("upsampling_ratios").add(CodecDimensions.ENCODER_STRIDES[i]);
        }
        return encoder;
    }

    private static ObjectNode featureExtractor() {
        return JSON.createObjectNode()
                .put("feature_extractor_type", "EncodecFeatureExtractor")
                .put("feature_size", 1)
                .put("padding_side", "right")
                .put("padding_value", 0.0)
                .put("return_attention_mask", true)
                .put("sampling_rate", 24_000)
                .putNull("chunk_length_s")
                .putNull("overlap");
    }
}
