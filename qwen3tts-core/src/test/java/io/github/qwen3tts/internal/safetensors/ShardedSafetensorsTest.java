package io.github.qwen3tts.internal.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedSafetensorsTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void writeShards() throws IOException {
        RawFile.write(directory.resolve("one.safetensors"), "{" + RawFile.entry("a", "U8", "[2]", 0, 2) + "}", 2);
        RawFile.write(
                directory.resolve("two.safetensors"),
                "{" + RawFile.entry("b", "U8", "[2]", 1, 3) + "," + RawFile.entry("c", "U8", "[1]", 0, 1) + "}",
                3);
    }

    @Test
    void tensorsOfAllShardsAreFoundInTheirFiles() throws IOException {
        index("{\"metadata\":{\"total_size\":5},\"weight_map\":{\"b\":\"two.safetensors\",\"a\":\"one.safetensors\"}}");
        Safetensors read = Safetensors.openModel(directory);
        assertEquals(Set.of("a", "b"), read.names());
        assertEquals(directory.resolve("model.safetensors.index.json"), read.source());
        assertEquals(directory.resolve("one.safetensors"), read.get("a").file());
        assertArrayEquals(new byte[] {1, 2}, SafetensorsTest.bytes(read.get("b")));
    }

    @Test
    void singleFileComesBeforeAnIndex() throws IOException {
        index("{\"weight_map\":{\"a\":\"one.safetensors\"}}");
        RawFile.write(directory.resolve("model.safetensors"), "{" + RawFile.entry("d", "U8", "[1]", 0, 1) + "}", 1);
        assertEquals(Set.of("d"), Safetensors.openModel(directory).names());
    }

    @Test
    void missingShardIsNamed() throws IOException {
        index("{\"weight_map\":{\"a\":\"one.safetensors\",\"z\":\"three.safetensors\"}}");
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> Safetensors.openModel(directory));
        assertEquals(directory.resolve("three.safetensors").toString(), e.getFile());
    }

    @Test
    void neitherFileNorIndexNamesTheFileThatShouldBeThere() {
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> Safetensors.openModel(directory));
        assertEquals(directory.resolve("model.safetensors").toString(), e.getFile());
    }

    @Test
    void tensorMissingFromItsShardIsNamed() throws IOException {
        index("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"one.safetensors\"}}");
        assertRefused("shard lacks a tensor of the index", "tensor=b", "shard=one.safetensors");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../one.safetensors",
                "/etc/passwd",
                "sub/one.safetensors",
                "..",
                ".",
                "",
                "./one.safetensors",
                "one.safetensors\\u0000"
            })
    void shardOutsideTheDirectoryIsRefused(String shard) throws IOException {
        index("{\"weight_map\":{\"a\":\"" + shard + "\"}}");
        assertRefused("shard is not a plain file name", "index.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "null", "{\"weight_map\":{}}", "{\"weight_map\":[]}", "{\"weight_map\":7}"})
    void indexWithoutTensorsIsRefused(String json) throws IOException {
        index(json);
        assertRefused("index has no weight_map", "index.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "null", "[]", "{}"})
    void shardThatIsNoNameIsRefused(String shard) throws IOException {
        index("{\"weight_map\":{\"a\":" + shard + "}}");
        assertRefused("shard is not a plain file name", "index.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"weight_map\":{\"a\"}}", "\u0001"})
    void indexThatIsNoJsonIsRefused(String json) throws IOException {
        index(json);
        assertRefused("not valid JSON", "index.json");
    }

    private void index(String json) throws IOException {
        Files.writeString(directory.resolve("model.safetensors.index.json"), json);
    }

    private void assertRefused(String... parts) {
        String message = assertThrows(InvalidSafetensorsException.class, () -> Safetensors.openModel(directory))
                .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
