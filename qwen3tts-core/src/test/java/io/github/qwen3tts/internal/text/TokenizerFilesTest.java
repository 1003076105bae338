package io.github.qwen3tts.internal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.Soak;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.PretokenizerRule;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerFilesTest {

    private static final long SEED = Soak.seed(11);

    @TempDir
    private Path directory;

    @BeforeEach
    void copyGoodFiles() throws IOException {
        for (String name : new String[] {"vocab.json", "merges.txt", "tokenizer_config.json"}) {
            Files.copy(GoldenFiles.path("checkpoints/mini-base/" + name), directory.resolve(name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vocab.json", "merges.txt", "tokenizer_config.json"})
    void missingFileIsNamed(String name) throws IOException {
        Files.delete(directory.resolve(name));
        assertRefused("checkpoint lacks a tokenizer file", name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vocab.json", "merges.txt", "tokenizer_config.json"})
    void hugeFileIsRefusedUnread(String name) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
            file.setLength((64L << 20) + 1);
        }
        assertRefused("file must have at most", name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vocab.json", "tokenizer_config.json"})
    void cutOffFileIsRefused(String name) throws IOException {
        change(name, text -> text.substring(0, text.length() / 2));
        assertRefused("cannot read tokenizer file", name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "\"a\": 64~\"a\": 65~id must stand for one token",
                "\"b\": 65~\"a\": 600~token must stand once",
                "\"a\": 64~\"a\": -1~id must be in",
                "\"a\": 64~\"a\": 16777216~id must be in",
                "\"a\": 64~\"a\": 64.5~id must be a whole number",
                "\"a\": 64~\"a\": 99999999999~cannot read tokenizer file",
                "\"a\": 64,~~vocabulary must have a token for every byte value",
                "\"a\": 64~\"a\": [64]~id must be a whole number",
            })
    void damagedVocabularyIsRefused(String good, String bad, String rule) throws IOException {
        change("vocab.json", text -> text.replace(good, bad == null ? "" : bad));
        assertRefused(rule, "vocab.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "", "{}", "{} {}", "null", "[[[[[[[["})
    void vocabularyOfAnotherShapeIsRefused(String json) throws IOException {
        change("vocab.json", text -> json);
        assertRefused("", "vocab.json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "er~merge must be two tokens",
                "e  r~merge must be two tokens",
                "e r x~merge must be two tokens",
                "e qqqqq~merge must name tokens of vocab.json",
                "Q Z~merge must name tokens of vocab.json",
                "e r~merge must stand once",
            })
    void damagedMergesAreRefused(String lastLine, String rule) throws IOException {
        change("merges.txt", text -> text + lastLine + "\n");
        assertRefused(rule, "merges.txt");
    }

    @Test
    void mergesThatAreNotUtf8AreRefused() throws IOException {
        Files.write(directory.resolve("merges.txt"), new byte[] {'e', ' ', (byte) 0xFF});
        assertRefused("cannot read tokenizer file", "merges.txt");
    }

    @Test
    void lineEndsOfWindowsAreRead() throws IOException {
        int[] ids = load().encode("The train leaves at seven.");
        change("merges.txt", text -> text.replace("\n", "\r\n"));
        assertArrayEquals(ids, load().encode("The train leaves at seven."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "\"added_tokens_decoder\"~\"other\"~added_tokens_decoder must be",
                "\"557\"~\"x57\"~id must be a whole number",
                "\"557\"~\"-5\"~id must be in",
                "\"557\"~\"556\"~cannot read tokenizer file",
                "\"557\"~\"3\"~id of an added token must not stand for another token",
                "\"content\": \"<|im_start|>\"~\"content\": \"\"~added token must have content",
                "\"content\": \"<|im_start|>\"~\"content\": \"<|im_end|>\"~added token must stand once",
                "\"lstrip\": false~\"lstrip\": true~cannot honour lstrip",
            })
    void damagedAddedTokensAreRefused(String good, String bad, String rule) throws IOException {
        change("tokenizer_config.json", text -> text.replace(good, bad));
        assertRefused(rule, "tokenizer_config.json");
    }

    @Test
    void randomDamageIsReadOrRefusedInOneWay() throws IOException {
        Random random = new Random(SEED);
        for (int n = 0; n < Soak.cases(300); n++) {
            String name = new String[] {"vocab.json", "merges.txt", "tokenizer_config.json"}[n % 3];
            Path file = directory.resolve(name);
            byte[] good = Files.readAllBytes(file);
            byte[] bad = good.clone();
            for (int hit = 0; hit <= n % 5; hit++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, bad);
            try {
                load().encode("Any text: \u4f60\u597d 123\n");
            } catch (ModelLoadException e) {
                assertTrue(e.getMessage().contains(directory.toString()), "seed=" + SEED + ", " + e.getMessage());
            }
            Files.write(file, good);
        }
    }

    private void change(String name, UnaryOperator<String> change) throws IOException {
        Path file = directory.resolve(name);
        String good = Files.readString(file);
        String bad = change.apply(good);
        assertTrue(!bad.equals(good), "nothing changed");
        Files.writeString(file, bad);
    }

    private Tokenizer load() {
        return Tokenizer.load(directory, PretokenizerRule.QWEN2);
    }

    private void assertRefused(String rule, String file) {
        ModelLoadException e = assertThrows(ModelLoadException.class, this::load);
        assertTrue(e.getMessage().contains(rule), e.getMessage());
        assertTrue(e.getMessage().contains(directory.resolve(file).toString()), e.getMessage());
    }
}
