package io.github.qwen3tts.internal.prompt;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;

/** The prompt vocabularies of the mini checkpoints. */
final class ConfigFile {

    private ConfigFile() {}

    static PromptVocabulary vocabulary(String checkpoint) throws IOException {
        JsonMapper json = new JsonMapper();
        JsonNode config = json.readTree(
                Files.readAllBytes(GoldenFiles.path("checkpoints/" + checkpoint).resolve("config.json")));
        JsonNode talker = config.get("talker_config");
        Map<String, String> dialects = new HashMap<>();
        talker.get("spk_is_dialect").properties().forEach(entry -> {
            if (entry.getValue().isTextual()) {
                dialects.put(entry.getKey(), entry.getValue().asText());
            }
        });
        return new PromptVocabulary(
                ModelType.of(config.get("tts_model_type").asText()).orElseThrow(),
                config.get("tts_model_size").asText(),
                new PromptVocabulary.TextIds(
                        config.get("tts_pad_token_id").intValue(),
                        config.get("tts_bos_token_id").intValue(),
                        config.get("tts_eos_token_id").intValue()),
                new PromptVocabulary.CodecIds(
                        talker.get("codec_pad_id").intValue(),
                        talker.get("codec_bos_id").intValue(),
                        talker.get("codec_eos_token_id").intValue(),
                        talker.get("codec_think_id").intValue(),
                        talker.get("codec_nothink_id").intValue(),
                        talker.get("codec_think_bos_id").intValue(),
                        talker.get("codec_think_eos_id").intValue()),
                json.convertValue(talker.get("codec_language_id"), new TypeReference<Map<String, Integer>>() {}),
                json.convertValue(talker.get("spk_id"), new TypeReference<Map<String, Integer>>() {}),
                dialects);
    }
}
