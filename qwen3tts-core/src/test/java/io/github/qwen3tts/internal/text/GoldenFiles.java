package io.github.qwen3tts.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Outputs of the official code, as test resources. */
public final class GoldenFiles {

    private static final JsonMapper JSON = new JsonMapper();

    private GoldenFiles() {}

    /**
     * A golden file or directory.
     *
     * @param name its path below the golden directory
     * @return where it is
     */
    public static Path path(String name) {
        try {
            return Path.of(GoldenFiles.class.getResource("/golden/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Every case in which speech was made from text.
     *
     * @return the cases, as in their case.json, by name
     * @throws IOException if one cannot be read
     */
    public static Map<String, JsonNode> speechCases() throws IOException {
        try (Stream<Path> files = Files.walk(path("cases"))) {
            Map<String, JsonNode> cases = new LinkedHashMap<>();
            for (Path file : files.filter(f -> f.endsWith("case.json")).sorted().toList()) {
                JsonNode golden = JSON.readTree(Files.readAllBytes(file));
                if (golden.get("kind").asText().equals("tts")) {
                    cases.put(
                            golden.get("checkpoint").asText() + "/"
                                    + golden.get("name").asText(),
                            golden);
                }
            }
            return cases;
        }
    }

    /**
     * The lines of a compressed text.
     *
     * @param name its path below the golden directory
     * @return the lines, without their ends
     * @throws IOException if it cannot be read
     */
    static List<String> unzippedLines(String name) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(path(name)))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /**
     * A list of numbers.
     *
     * @param array a JSON array
     * @return its elements
     */
    public static int[] ints(JsonNode array) {
        return JSON.convertValue(array, int[].class);
    }
}
