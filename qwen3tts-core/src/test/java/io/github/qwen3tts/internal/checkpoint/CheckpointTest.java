package io.github.qwen3tts.internal.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.sample.Sampling;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

    private static final String CODEC = "speech_tokenizer/config.json";
    private static final String GENERATION = "generation_config.json";

    @TempDir
    private Path directory;

    private CheckpointCopy copy;

    @BeforeEach
    void copyGoodFiles() throws IOException {
        copy = CheckpointCopy.of("mini-custom-voice-1b7", directory);
    }

    @ParameterizedTest
    @CsvSource({
        "mini-custom-voice, CUSTOM_VOICE, 0b6, false, 64",
        "mini-custom-voice-1b7, CUSTOM_VOICE, 1b7, false, 32",
        "mini-voice-design, VOICE_DESIGN, 1b7, false, 32",
        "mini-base, BASE, 1b7, true, 32"
    })
    void everyKindOfCheckpointOpens(
            String name, ModelType type, String size, boolean speakerEncoder, int predictorWidth) {
        Checkpoint checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/" + name));
        ModelConfig config = checkpoint.config();
        assertEquals(type, config.prompt().type());
        assertEquals(size, config.prompt().size());
        assertEquals(speakerEncoder, config.speakerEncoder().isPresent());
        assertEquals(predictorWidth, config.codePredictor().transformer().hidden());
        assertEquals(
                new TransformerConfig(64, 72, 3, 4, 2, 32, 1e-6f, 1e6),
                config.talker().transformer());
        assertEquals(1088, config.talker().vocab());
        assertEquals(166, config.talker().endOfSpeech());
        assertEquals(16, config.talker().codeGroups());
        assertEquals(32_768, config.talker().maxPositions());
        assertEquals(24_000, checkpoint.codec().sampleRateHz());
        assertEquals(1_920, checkpoint.codec().samplesPerFrame());
        assertEquals(72, checkpoint.codec().decoder().window());
        assertArrayEquals(new int[] {8, 5, 4, 3}, checkpoint.codec().decoder().upsampleRates());
        assertEquals(GenerationOptions.OFFICIAL.withMaxNewTokens(8192), checkpoint.generation());
        assertTrue(checkpoint.weights().find("talker.codec_head.weight").isPresent());
        assertTrue(
                checkpoint.codecWeights().find("decoder.decoder.6.conv.weight").isPresent());
    }

    @Test
    void missingDirectoryIsNamed() {
        Path none = directory.resolve("none");
        assertRefused(none, "model directory does not exist", none.toString());
        assertRefused(directory.resolve("config.json"), "model directory does not exist", "config.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", CODEC, "model.safetensors", "speech_tokenizer/model.safetensors"})
    void missingFileIsNamed(String file) throws IOException {
        Files.delete(directory.resolve(file));
        assertRefused(directory, "missing", directory.resolve(file).toString());
    }

    @Test
    void missingCodecDirectoryIsTold() throws IOException {
        for (String file : new String[] {CODEC, "speech_tokenizer/model.safetensors"}) {
            Files.delete(directory.resolve(file));
        }
        Files.delete(directory.resolve("speech_tokenizer"));
        assertRefused(directory, "file is missing", directory.resolve(CODEC).toString(), "directoryExists=false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "speech_tokenizer/model.safetensors"})
    void truncatedWeightsAreRefused(String file) throws IOException {
        Path weights = directory.resolve(file);
        try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 1);
        }
        assertRefused(directory, "(truncated?)", weights.toString(), "dataBytes=");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{~not valid JSON",
                "\"config\"~configuration needs an object: field=(root)",
                "``~field=(root)",
                "[]~field=(root)"
            })
    void fileThatIsNoObjectIsRefused(String text, String what) throws IOException {
        for (String file : new String[] {"config.json", CODEC, GENERATION}) {
            Files.writeString(directory.resolve(file), text);
            assertRefused(directory, what, directory.resolve(file).toString());
            copy.restore(file);
        }
    }

    /** A value at a place of config.json, and what the refusal says of it besides naming the file. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "/tokenizer_type~\"qwen3_tts_tokenizer_25hz\"~field=tokenizer_type, expected=(the only supported value) qwen3_tts_tokenizer_12hz",
                "/tts_model_type~\"tts\"~field=tts_model_type, expected=base, custom_voice or voice_design, actual=\"tts\"",
                "/tts_model_type~7~field=tts_model_type, expected=a string, actual=7",
                "/tts_model_size~null~field=tts_model_size, expected=a string, actual=null",
                "/tts_pad_token_id~-1~field=tts_pad_token_id, expected=an integer from 0 to 588, actual=-1",
                "/tts_bos_token_id~1.5~field=tts_bos_token_id, expected=an integer from 0 to 588, actual=1.5",
                "/tts_eos_token_id~589~field=tts_eos_token_id, expected=an integer from 0 to 588, actual=589",
                "/talker_config~[]~configuration needs an object: field=talker_config",
                "/talker_config/code_predictor_config~null~configuration needs an object: field=talker_config.code_predictor_config",
                "/talker_config/hidden_size~0~field=talker_config.hidden_size, expected=an integer >= 1, actual=0",
                "/talker_config/hidden_size~\"64\"~field=talker_config.hidden_size, expected=an integer >= 1, actual=\"64\"",
                "/talker_config/hidden_size~99999999999~field=talker_config.hidden_size, expected=an integer >= 1",
                "/talker_config/num_hidden_layers~true~field=talker_config.num_hidden_layers, expected=an integer >= 1, actual=true",
                "/talker_config/num_key_value_heads~3~field=talker_config.num_key_value_heads, expected=a divisor of num_attention_heads (4), actual=3",
                "/talker_config/head_dim~31~field=talker_config.head_dim, expected=an even number, actual=31",
                "/talker_config/rms_norm_eps~0~field=talker_config.rms_norm_eps, expected=a number > 0, actual=0",
                "/talker_config/rope_theta~\"1e6\"~field=talker_config.rope_theta, expected=a number > 0",
                "/talker_config/attention_bias~true~field=talker_config.attention_bias, expected=(the only supported value) false, actual=true",
                "/talker_config/hidden_act~\"gelu\"~field=talker_config.hidden_act, expected=(the only supported value) silu",
                "/talker_config/sliding_window~4096~field=talker_config.sliding_window",
                "/talker_config/vocab_size~1024~field=talker_config.vocab_size, expected=an integer >= 1025, actual=1024",
                "/talker_config/codec_eos_token_id~1088~field=talker_config.codec_eos_token_id, expected=an integer from 0 to 1087, actual=1088",
                "/talker_config/codec_bos_id~-2~field=talker_config.codec_bos_id, expected=an integer from 0 to 1087, actual=-2",
                "/talker_config/codec_language_id~[]~field=talker_config.codec_language_id, expected=an object, actual=[]",
                "/talker_config/codec_language_id~{\"english\":1088}~field=talker_config.codec_language_id, expected=names with ids from 0 to vocab_size - 1 (1087)",
                "/talker_config/spk_id~{\"eric\":\"891\"}~field=talker_config.spk_id, expected=names with ids",
                "/talker_config/spk_is_dialect~{\"eric\":\"klingon\"}~dialect of a speaker must be one of the languages: speaker=eric, dialect=klingon",
                "/talker_config/num_code_groups~8~talker and codec disagree on the codes per frame: talker=8, codecDecoder=16",
                "/talker_config/vocab_size~1089~model draws codes that the codec has no vectors for: codes=65, codebook_size=64",
                "/talker_config/code_predictor_config/vocab_size~65~model draws codes that the codec has no vectors for: codes=65, codebook_size=64",
                "/talker_config/code_predictor_config/rms_norm_eps~-1e-6~field=talker_config.code_predictor_config.rms_norm_eps, expected=a number > 0",
            })
    void unusableFieldIsRefused(String pointer, String value, String what) throws IOException {
        set("config.json", pointer, value);
        assertRefused(directory, what);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "/output_sample_rate~0~field=output_sample_rate, expected=an integer >= 1",
                "/input_sample_rate~16000~field=input_sample_rate, expected=(the only supported value) 24000, actual=16000",
                "/decode_upsample_rate~960~field=encode_downsample_rate, expected=(the only supported value) 960, actual=1920",
                "/decoder_config/upsample_rates~[8,5,4,2]~field=decode_upsample_rate, expected=the product of all upsampling rates, actual=1920",
                "/decoder_config/upsample_rates~[]~field=decoder_config.upsample_rates, expected=an array of integers",
                "/decoder_config/upsample_rates~[8,5,4,3.5]~field=decoder_config.upsample_rates, expected=an array of integers >= 1",
                "/decoder_config/upsample_rates~[8,5,4,0]~field=decoder_config.upsample_rates, expected=an array of integers >= 1",
                "/decoder_config/upsample_rates~[2147483647,2147483647]~field=decode_upsample_rate, expected=the product of all upsampling rates",
                "/decoder_config/num_quantizers~8~talker and codec disagree on the codes per frame: talker=16, codecDecoder=8",
                "/decoder_config/sliding_window~null~field=decoder_config.sliding_window, expected=an integer >= 1, actual=null",
                "/decoder_config/num_semantic_quantizers~2~field=decoder_config.num_semantic_quantizers, expected=(the only supported value) 1",
                "/encoder_config/use_causal_conv~false~field=encoder_config.use_causal_conv, expected=(the only supported value) true",
                "/encoder_config/num_key_value_heads~2~field=encoder_config.num_key_value_heads, expected=(the only supported value) 4",
            })
    void unusableCodecFieldIsRefused(String pointer, String value, String what) throws IOException {
        set(CODEC, pointer, value);
        assertRefused(directory, what, directory.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "/do_sample~\"yes\"~field=do_sample, expected=true or false, actual=\"yes\"",
                "/temperature~\"hot\"~field=temperature, expected=a number > 0",
                "/temperature~-1~field=temperature, expected=a number > 0, actual=-1",
                "/top_k~-1~field=top_k, expected=an integer >= 0, actual=-1",
                "/top_p~1.5~topP must be in (0, 1]: topP=1.5",
                "/subtalker_top_p~7~topP must be in (0, 1]: topP=7",
                "/repetition_penalty~0~field=repetition_penalty, expected=a number > 0",
                "/max_new_tokens~1~maxNewTokens must be >= 2: maxNewTokens=1",
                "/max_new_tokens~[8192]~field=max_new_tokens, expected=an integer >= 1",
            })
    void unusableGenerationFieldIsRefused(String pointer, String value, String what) throws IOException {
        set(GENERATION, pointer, value);
        assertRefused(directory, what, directory.resolve(GENERATION).toString());
    }

    @Test
    void generationConfigMayBeMissing() throws IOException {
        Files.delete(directory.resolve(GENERATION));
        assertEquals(GenerationOptions.OFFICIAL, Checkpoint.open(directory).generation());
    }

    @Test
    void onlyAModelThatSaysSoSpeaksSentences() throws IOException {
        assertEquals(OptionalInt.empty(), Checkpoint.open(directory).maxSentenceChars());
        copy.json(GENERATION, json -> json.put("max_sentence_characters", 200));
        assertEquals(OptionalInt.of(200), Checkpoint.open(directory).maxSentenceChars());
        copy.json(GENERATION, json -> json.put("max_sentence_characters", 31));
        String message = assertThrows(ModelLoadException.class, () -> Checkpoint.open(directory))
                .getMessage();
        assertTrue(message.contains("field=max_sentence_characters, expected=an integer >= 32"), message);
    }

    @Test
    void generationConfigIsReadFieldByField() throws IOException {
        Files.writeString(
                directory.resolve(GENERATION),
                "{\"do_sample\":false,\"subtalker_dosample\":true,\"subtalker_temperature\":0.5,\"subtalker_top_k\":7,"
                        + "\"subtalker_top_p\":0.25,\"repetition_penalty\":1.5,\"max_new_tokens\":99}");
        assertEquals(
                new GenerationOptions(Sampling.GREEDY, new Sampling(0.5f, 7, 0.25f), 1.5f, 99),
                Checkpoint.open(directory).generation());
    }

    @Test
    void shardedWeightsOpen() throws IOException {
        Files.move(directory.resolve("model.safetensors"), directory.resolve("model-00001-of-00001.safetensors"));
        ObjectMapper json = new ObjectMapper();
        ObjectNode index = json.createObjectNode();
        ObjectNode map = index.putObject("weight_map");
        Checkpoint whole = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice-1b7"));
        whole.weights().names().forEach(name -> map.put(name, "model-00001-of-00001.safetensors"));
        Files.write(directory.resolve("model.safetensors.index.json"), json.writeValueAsBytes(index));
        assertEquals(
                whole.weights().names(), Checkpoint.open(directory).weights().names());

        Files.delete(directory.resolve("model-00001-of-00001.safetensors"));
        assertRefused(directory, "weights are missing", "model-00001-of-00001.safetensors");
    }

    private void set(String file, String pointer, String value) throws IOException {
        JsonNode parsed = new ObjectMapper().readTree(value);
        JsonPointer at = JsonPointer.compile(pointer);
        copy.json(file, root -> ((ObjectNode) root.at(at.head())).set(at.last().getMatchingProperty(), parsed));
    }

    private static String refusal(Path directory) {
        return assertThrows(ModelLoadException.class, () -> Checkpoint.open(directory))
                .getMessage();
    }

    private static void assertRefused(Path directory, String... parts) {
        String message = refusal(directory);
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
