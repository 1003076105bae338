package io.github.qwen3tts.internal.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.internal.prompt.PromptVocabulary;
import io.github.qwen3tts.internal.sample.TalkerRules;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code config.json}: which model this is, and its numbers.
 *
 * @param prompt         what kind of model it is, and the ids prompts are made of
 * @param talker         the large transformer
 * @param codePredictor  the small transformer
 * @param speakerEncoder present in Base models only
 */
public record ModelConfig(
        PromptVocabulary prompt,
        TalkerConfig talker,
        CodePredictorConfig codePredictor,
        Optional<SpeakerEncoderConfig> speakerEncoder) {

    /**
     * The large transformer, which draws code group 0 of each frame.
     *
     * @param transformer  its layers
     * @param vocab        codec vocabulary: codes of group 0, then control ids, languages and speakers
     * @param endOfSpeech  the id of {@code vocab} that ends speech
     * @param codeGroups   codes per frame
     * @param textVocab    rows of the text embedding
     * @param textHidden   width of the text embedding
     * @param maxPositions positions the model was trained for
     */
    public record TalkerConfig(
            TransformerConfig transformer,
            int vocab,
            int endOfSpeech,
            int codeGroups,
            int textVocab,
            int textHidden,
            int maxPositions) {}

    /**
     * The small transformer, which completes groups 1 and up of a frame.
     *
     * @param transformer its layers
     * @param vocab       codes per group
     */
    public record CodePredictorConfig(TransformerConfig transformer, int vocab) {}

    /**
     * The network that turns a clip into a speaker vector.
     *
     * @param mels              mel bands of its input
     * @param channels          of the blocks and of the aggregation after them
     * @param kernelSizes       likewise
     * @param dilations         likewise
     * @param attentionChannels inside the attentive pooling
     * @param res2netScale      groups inside a block
     * @param seChannels        inside squeeze and excitation
     * @param embedding         width of the speaker vector
     * @param sampleRateHz      of the audio it takes
     */
    public record SpeakerEncoderConfig(
            int mels,
            int[] channels,
            int[] kernelSizes,
            int[] dilations,
            int attentionChannels,
            int res2netScale,
            int seChannels,
            int embedding,
            int sampleRateHz) {}

    static ModelConfig of(ConfigNode root) {
        root.only("tokenizer_type", "qwen3_tts_tokenizer_12hz");
        ConfigNode talker = root.object("talker_config").only("sliding_window", null);
        ConfigNode predictor = talker.object("code_predictor_config").only("sliding_window", null);
        TalkerConfig talkerConfig = new TalkerConfig(
                talker.transformer("rms_norm_eps"),
                vocab(talker),
                talker.index("codec_eos_token_id", vocab(talker)),
                talker.positive("num_code_groups"),
                talker.positive("text_vocab_size"),
                talker.positive("text_hidden_size"),
                talker.positive("max_position_embeddings"));
        CodePredictorConfig predictorConfig =
                new CodePredictorConfig(predictor.transformer("rms_norm_eps"), predictor.positive("vocab_size"));
        return new ModelConfig(
                promptVocabulary(root, talker),
                talkerConfig,
                predictorConfig,
                root.has("speaker_encoder_config")
                        ? Optional.of(speakerEncoder(root.object("speaker_encoder_config")))
                        : Optional.empty());
    }

    /** Codes of group 0, and behind them the control codes. */
    private static int vocab(ConfigNode talker) {
        return talker.atLeast("vocab_size", TalkerRules.CONTROL_CODES + 1);
    }

    private static PromptVocabulary promptVocabulary(ConfigNode root, ConfigNode talker) {
        ModelType type = ModelType.of(root.text("tts_model_type"))
                .orElseThrow(() -> root.wrong("tts_model_type", "base, custom_voice or voice_design"));
        int texts = talker.positive("text_vocab_size");
        int codes = vocab(talker);
        return new PromptVocabulary(
                type,
                root.text("tts_model_size"),
                new PromptVocabulary.TextIds(
                        root.index("tts_pad_token_id", texts),
                        root.index("tts_bos_token_id", texts),
                        root.index("tts_eos_token_id", texts)),
                new PromptVocabulary.CodecIds(
                        talker.index("codec_pad_id", codes),
                        talker.index("codec_bos_id", codes),
                        talker.index("codec_eos_token_id", codes),
                        talker.index("codec_think_id", codes),
                        talker.index("codec_nothink_id", codes),
                        talker.index("codec_think_bos_id", codes),
                        talker.index("codec_think_eos_id", codes)),
                ids(talker, "codec_language_id"),
                ids(talker, "spk_id"),
                dialects(talker));
    }

    private static Map<String, Integer> ids(ConfigNode talker, String field) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        int vocab = vocab(talker);
        for (Map.Entry<String, JsonNode> entry : talker.entries(field).entrySet()) {
            int id = entry.getValue().isInt() ? entry.getValue().intValue() : -1;
            if (id < 0 || id >= vocab) {
                throw talker.wrong(field, "names with ids from 0 to vocab_size - 1 (" + (vocab - 1) + ")");
            }
            ids.put(entry.getKey(), id);
        }
        return ids;
    }

    /** Of each speaker either false or the name of a dialect. */
    private static Map<String, String> dialects(ConfigNode talker) {
        Map<String, String> dialects = new LinkedHashMap<>();
        talker.entries("spk_is_dialect").forEach((speaker, dialect) -> {
            if (dialect.isTextual()) {
                dialects.put(speaker, dialect.textValue());
            }
        });
        return dialects;
    }

    private static SpeakerEncoderConfig speakerEncoder(ConfigNode node) {
        return new SpeakerEncoderConfig(
                node.optional("mel_dim", node::positive, 128),
                node.optional("enc_channels", node::positives, new int[] {512, 512, 512, 512, 1536}),
                node.optional("enc_kernel_sizes", node::positives, new int[] {5, 3, 3, 3, 1}),
                node.optional("enc_dilations", node::positives, new int[] {1, 2, 3, 4, 1}),
                node.optional("enc_attention_channels", node::positive, 128),
                node.optional("enc_res2net_scale", node::positive, 8),
                node.optional("enc_se_channels", node::positive, 128),
                node.positive("enc_dim"),
                node.optional("sample_rate", node::positive, 24_000));
    }
}
