package io.github.qwen3tts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.checkpoint.CheckpointCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged checkpoints: one exception that says which file and what of it, and nothing left open. */
@Timeout(120)
class TtsEngineLoadTest {

    private static final String MODEL = "model.safetensors";
    private static final String CODEC = "speech_tokenizer/model.safetensors";

    @TempDir
    private Path directory;

    private CheckpointCopy copy;

    @BeforeEach
    void copyGoodFiles() throws IOException {
        copy = CheckpointCopy.of("mini-custom-voice-1b7", directory);
    }

    @Test
    void missingDirectoryIsNamed() {
        Path none = directory.resolve("none");
        assertRefused(none, "model directory does not exist", none.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config.json",
                "vocab.json",
                "merges.txt",
                "tokenizer_config.json",
                MODEL,
                "speech_tokenizer/config.json",
                CODEC
            })
    void missingFileIsNamed(String file) throws IOException {
        Files.delete(directory.resolve(file));
        assertRefused(directory, Path.of(file).getFileName().toString(), directory.toString());
    }

    @Test
    void tensorsMissingFromEitherFileAreNamed() throws IOException {
        copy.header(MODEL, header -> header.remove("talker.model.layers.1.mlp.up_proj.weight"));
        assertRefused(directory, "tensor=talker.model.layers.1.mlp.up_proj.weight", MODEL);
        copy.restore(MODEL);
        copy.header(CODEC, header -> header.remove("decoder.pre_conv.conv.bias"));
        assertRefused(directory, "tensor=decoder.pre_conv.conv.bias", CODEC);
    }

    @Test
    void tensorOfAnotherShapeIsNamedWithBothShapes() throws IOException {
        copy.header(
                MODEL,
                header -> ((ArrayNode) header.get("talker.codec_head.weight").get("shape"))
                        .removeAll()
                        .add(64)
                        .add(1088));
        assertRefused(directory, "tensor=talker.codec_head.weight, expected=[1088, 64], actual=[64, 1088]");
    }

    @Test
    void tokenizerThatKnowsMoreThanTheModelIsRefused() throws IOException {
        copy.json("config.json", json -> json.withObject("talker_config").put("text_vocab_size", 588));
        assertRefused(
                directory,
                "tokenizer has more ids than the model has text embeddings: ids=589, text_vocab_size=588",
                directory.toString());
    }

    private static void assertRefused(Path directory, String... parts) {
        Set<Thread> before = threads();
        String message = assertThrows(ModelLoadException.class, () -> TtsEngine.open(directory))
                .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertEquals(before, threads());
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith("qwen3tts"))
                .collect(Collectors.toSet());
    }
}
