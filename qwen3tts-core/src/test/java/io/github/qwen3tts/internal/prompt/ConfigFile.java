package io.github.qwen3tts.internal.prompt;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What prompts need of the mini checkpoints, and voices that fit their models. */
final class ConfigFile {

    static final int WIDTH = 64;
    static final int CODE_GROUPS = 16;
    static final int CODES = 64;
    static final int CONTEXT = 32_768;

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

    static RequestRules rules(PromptVocabulary vocabulary, int maxTextTokens) {
        RequestRules.Sizes sizes = new RequestRules.Sizes(WIDTH, CODE_GROUPS, CODES, CONTEXT, maxTextTokens);
        return new RequestRules(Path.of("checkpoint"), vocabulary, sizes);
    }

    /** A voice without reference, cloned by the 1.7B Base model. */
    static ClonedVoice vector() {
        return cloned("1b7", "", 0);
    }

    /** A voice with a reference, likewise. */
    static ClonedVoice continued(String transcript, int frames) {
        return cloned("1b7", transcript, frames);
    }

    static ClonedVoice cloned(String size, String transcript, int frames) {
        return ClonedVoice.of(
                new float[WIDTH],
                new int[frames * CODE_GROUPS],
                frames,
                transcript,
                new ClonedVoice.Origin("base", size, "test"));
    }
}
