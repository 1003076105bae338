package io.github.qwen3tts.internal.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.json.JsonTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the three tokenizer files of a checkpoint directory and refuses what would not encode every text. */
final class TokenizerFiles {

    private static final long MAX_FILE_BYTES = 64L << 20; // the released files have 3 MB at most
    private static final int MAX_ID = (1 << 24) - 1; // the released ids end at 151 675
    private static final String AGAIN = "; fetch the checkpoint again";
    private static final List<String> UNSUPPORTED_FLAGS = List.of("lstrip", "rstrip", "single_word", "normalized");

    // Interning pays for names that come back; here it would cost most of the time.
    private static final JsonFactory EVERY_NAME_ONCE = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final Path vocabularyFile;
    private final Path mergesFile;
    private final Path configFile;

    TokenizerFiles(Path directory) {
        vocabularyFile = directory.resolve("vocab.json");
        mergesFile = directory.resolve("merges.txt");
        configFile = directory.resolve("tokenizer_config.json");
    }

    /** The ordinary tokens and their ids. */
    Map<String, Integer> readVocabulary() {
        Map<String, Integer> ids = new HashMap<>();
        BitSet taken = new BitSet();
        try (JsonParser json = EVERY_NAME_ONCE.createParser(read(vocabularyFile))) {
            require(json.nextToken() == JsonToken.START_OBJECT, "vocabulary must be a JSON object", vocabularyFile);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String token = json.currentName();
                JsonToken type = json.nextToken();
                require(
                        type == JsonToken.VALUE_NUMBER_INT,
                        "id must be a whole number",
                        vocabularyFile,
                        "token",
                        token);
                int id = json.getIntValue();
                require(id >= 0 && id <= MAX_ID, "id must be in [0, " + MAX_ID + "]", vocabularyFile, "id", id);
                require(!taken.get(id), "id must stand for one token", vocabularyFile, "id", id, "token", token);
                taken.set(id);
                require(ids.put(token, id) == null, "token must stand once", vocabularyFile, "token", token);
            }
            require(json.nextToken() == null, "vocabulary must be one JSON object", vocabularyFile);
        } catch (IOException e) {
            throw unreadable(vocabularyFile, e);
        }
        return ids;
    }

    /** The id of each of the 256 byte values. */
    int[] byteIds(Map<String, Integer> vocabulary) {
        int[] ids = new int[256];
        char next = 256;
        for (int value = 0; value < ids.length; value++) {
            char symbol = isPrintable(value) ? (char) value : next++;
            Integer id = vocabulary.get(String.valueOf(symbol));
            require(id != null, "vocabulary must have a token for every byte value", vocabularyFile, "byte", value);
            ids[value] = id;
        }
        return ids;
    }

    /** Byte values that stand for themselves in the files; the others are code points from 256 on, in order. */
    private static boolean isPrintable(int value) {
        return value >= '!' && value <= '~' || value >= 161 && value <= 172 || value >= 174;
    }

    /** The merges in the order of their ranks. */
    MergeTable readMerges(Map<String, Integer> vocabulary) {
        String[] lines;
        try {
            lines = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(read(mergesFile)))
                    .toString()
                    .split("\r?\n");
        } catch (IOException e) {
            throw unreadable(mergesFile, e);
        }
        MergeTable merges = new MergeTable(lines.length);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i];
            if (line.isEmpty() || i == 0 && line.startsWith("#version")) {
                continue;
            }
            int space = line.indexOf(' ');
            require(
                    space > 0 && space < line.length() - 1 && line.indexOf(' ', space + 1) < 0,
                    "merge must be two tokens with one blank between",
                    mergesFile,
                    "line",
                    i + 1);
            String left = line.substring(0, space);
            String right = line.substring(space + 1);
            boolean added = merges.add(
                    mergeId(vocabulary, left, i), mergeId(vocabulary, right, i), mergeId(vocabulary, left + right, i));
            require(added, "merge must stand once", mergesFile, "line", i + 1);
        }
        return merges;
    }

    private int mergeId(Map<String, Integer> vocabulary, String token, int index) {
        Integer id = vocabulary.get(token);
        require(id != null, "merge must name tokens of vocab.json", mergesFile, "line", index + 1, "token", token);
        return id;
    }

    /** The tokens that are found as literals in the raw text. */
    AddedTokens readAddedTokens(Map<String, Integer> vocabulary) {
        JsonNode config;
        try {
            config = JsonTree.read(read(configFile));
        } catch (IOException e) {
            throw unreadable(configFile, e);
        }
        JsonNode decoder = config.path("added_tokens_decoder");
        require(decoder.isObject(), "added_tokens_decoder must be a JSON object", configFile);
        BitSet ordinary = new BitSet();
        vocabulary.values().forEach(ordinary::set);
        Map<String, Integer> ids = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : decoder.properties()) {
            String key = entry.getKey();
            JsonNode token = entry.getValue();
            String literal = token.path("content").asText();
            require(!literal.isEmpty(), "added token must have content", configFile, "id", key);
            int id = parseId(key);
            require(
                    !ordinary.get(id) || Integer.valueOf(id).equals(vocabulary.get(literal)),
                    "id of an added token must not stand for another token of vocab.json",
                    configFile,
                    "id",
                    id);
            for (String flag : UNSUPPORTED_FLAGS) {
                require(!token.path(flag).asBoolean(), "cannot honour " + flag, configFile, "id", id);
            }
            require(ids.put(literal, id) == null, "added token must stand once", configFile, "token", literal);
        }
        return new AddedTokens(ids);
    }

    private int parseId(String key) {
        try {
            int id = Integer.parseInt(key);
            require(id >= 0 && id <= MAX_ID, "id must be in [0, " + MAX_ID + "]", configFile, "id", key);
            return id;
        } catch (NumberFormatException e) {
            throw new ModelLoadException(Check.message("id must be a whole number", "file", configFile, "id", key), e);
        }
    }

    private static byte[] read(Path file) throws IOException {
        long bytes = Files.size(file);
        require(bytes <= MAX_FILE_BYTES, "file must have at most " + MAX_FILE_BYTES + " bytes", file, "bytes", bytes);
        return Files.readAllBytes(file);
    }

    private static ModelLoadException unreadable(Path file, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return new ModelLoadException(
                    Check.message("checkpoint lacks a tokenizer file", "file", file) + AGAIN, cause);
        }
        return new ModelLoadException(
                Check.message("cannot read tokenizer file", "file", file, "reason", cause.getMessage()) + AGAIN, cause);
    }

    private static void require(boolean holds, String rule, Path file, Object... namesAndValues) {
        if (!holds) {
            String values = Check.message("", namesAndValues).replaceFirst("^: ", ", ");
            throw new ModelLoadException("damaged tokenizer: " + rule + ": file=" + file + values + AGAIN);
        }
    }
}
