package io.github.qwen3tts.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokenizer files of the released checkpoints. Their vocab.json says nothing that merges.txt does not: the ids count
 * the 256 byte symbols, printable ones first, and then the merges. So it is made here, and checked.
 */
public final class ReleasedVocabulary {

    /** SHA-256 of the tokens of the released vocab.json, by id, each followed by a line feed. */
    private static final String SHA_256 = "479c920073825cc49357a884b9b26adcfd96155beb2ea068666c6d991065859f";

    private ReleasedVocabulary() {}

    /**
     * Writes vocab.json, merges.txt and tokenizer_config.json.
     *
     * @param directory where to
     * @throws IOException if that fails
     */
    public static void writeTo(Path directory) throws IOException {
        List<String> merges = GoldenFiles.unzippedLines("qwen-tokenizer/merges.txt.gz");
        List<String> tokens = tokens(merges);
        assertEquals(SHA_256, sha256(String.join("\n", tokens) + "\n"));
        Map<String, Integer> ids = new LinkedHashMap<>();
        tokens.forEach(token -> ids.put(token, ids.size()));
        new JsonMapper().writeValue(directory.resolve("vocab.json").toFile(), ids);
        Files.write(directory.resolve("merges.txt"), merges);
        Files.copy(
                GoldenFiles.path("qwen-tokenizer/tokenizer_config.json"), directory.resolve("tokenizer_config.json"));
    }

    private static List<String> tokens(List<String> merges) {
        List<String> tokens = new ArrayList<>();
        for (int[] range : new int[][] {{'!', '~'}, {0xA1, 0xAC}, {0xAE, 0xFF}}) {
            for (int c = range[0]; c <= range[1]; c++) {
                tokens.add(String.valueOf((char) c));
            }
        }
        for (int c = 256; tokens.size() < 256; c++) {
            tokens.add(String.valueOf((char) c));
        }
        merges.stream().skip(1).forEach(merge -> tokens.add(merge.replace(" ", "")));
        return tokens;
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
