package io.github.qwen3tts.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.server.ServerSettings.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerSettingsTest {

    private static final Path REPOSITORY = Path.of("../..");
    private static final Path FILE = Path.of("/etc/qwen3tts/config.yaml");

    private static Config parse(String server) {
        return Config.parse("model_settings: {model_path: x}\n" + server, FILE, ServerSettings.SECTION);
    }

    @Test
    void readsWhatUsersWrite() {
        ServerSettings server = ServerSettings.of(parse("""
                server:
                  host: 0.0.0.0
                  port: 9000
                  api_key: "correct-horse-battery"
                  max_concurrent: 2
                  cors_origins: ["https://example.org"]
                  voice_aliases:
                    alloy: cloned_voice
                  voices_directory: voices
                """));
        assertEquals("0.0.0.0", server.host());
        assertEquals(9_000, server.port());
        assertEquals(Optional.of("correct-horse-battery"), server.access().apiKey());
        assertEquals(List.of("https://example.org"), server.access().corsOrigins());
        assertEquals(new Limits(2, 16, 4_096, 25 << 20), server.limits());
        assertEquals(Map.of("alloy", "cloned_voice"), server.names().voiceAliases());
        assertEquals(Optional.of(Path.of("/etc/qwen3tts/voices")), server.voicesDirectory());
    }

    @Test
    void theDefaultsAreThoseOfAFileThatSaysNothing() {
        ServerSettings defaults = ServerSettings.defaults();
        assertEquals(ServerSettings.of(parse("")).toString(), defaults.toString());
        assertEquals("127.0.0.1", defaults.host());
        assertEquals(8_000, defaults.port());
        assertTrue(defaults.access().apiKey().isEmpty());
        assertTrue(defaults.access().corsOrigins().isEmpty());
        assertTrue(defaults.voicesDirectory().isEmpty());
    }

    @Test
    void aCopyDiffersInWhatItWasAskedFor() {
        ServerSettings changed = ServerSettings.defaults()
                .withAddress("::1", 0)
                .withApiKey("correct-horse")
                .withConcurrency(3, 0)
                .withCorsOrigins(List.of("*"))
                .withAllowedHosts(List.of("tts.example.org"))
                .withVoicesDirectory(Path.of("/voices"));
        ServerSettings read = ServerSettings.of(parse("""
                server: {host: "::1", port: 0, api_key: correct-horse, max_concurrent: 3, max_queue: 0,
                  cors_origins: ["*"], allowed_hosts: [tts.example.org], voices_directory: /voices}
                """));
        assertEquals(read.toString(), changed.toString());
        assertEquals(read.access(), changed.access());
    }

    @Test
    void aCopyIsHeldToTheRulesOfTheFile() {
        ServerSettings defaults = ServerSettings.defaults();
        assertThrows(IllegalArgumentException.class, () -> defaults.withAddress("localhost", 65_536));
        assertThrows(IllegalArgumentException.class, () -> defaults.withApiKey("1234567"));
        assertThrows(IllegalArgumentException.class, () -> defaults.withApiKey("with a blank"));
        assertThrows(IllegalArgumentException.class, () -> defaults.withConcurrency(0, 16));
        assertThrows(IllegalArgumentException.class, () -> defaults.withConcurrency(1, -1));
    }

    @Test
    void settingsThatWereNotReadAreNotTakenForDefaults() {
        Config withoutServer = Config.parse("model_settings: {model_path: x}\nserver: {port: 9000}", FILE);
        String message = assertThrows(IllegalArgumentException.class, () -> ServerSettings.of(withoutServer))
                .getMessage();
        assertTrue(message.contains("pass its section to Config.read"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prot: 1 | unknown setting: file=/etc/qwen3tts/config.yaml, line=2, column=10, setting=server.prot; did you mean port?",
                "port: 65536 | column=16, setting=server.port, expected=a whole number from 0 to 65535, actual=65536",
                "cors_origins: https://a | column=24, setting=server.cors_origins, expected=a list of texts",
                "api_key: short | column=19, setting=server.api_key, expected=at least 8 printable ASCII characters without blanks, actual=(not shown)",
                "api_key: two words here | column=19, setting=server.api_key, expected=at least 8 printable ASCII",
            })
    void saysWhereItIsWrongAndWhatWouldBeRight(String setting, String message) {
        String actual = assertThrows(InvalidRequestException.class, () -> parse("server: {" + setting + "}"))
                .getMessage();
        assertTrue(actual.contains(message), actual);
    }

    @Test
    void noKeyIsLogged() {
        Config config = parse("server: {api_key: correct-horse-battery}");
        String logged = config.toString() + ServerSettings.of(config);
        assertFalse(logged.contains("correct-horse"), logged);
        assertTrue(logged.contains("api_key=(set)") && logged.contains("apiKey=(set)"), logged);
    }

    @Test
    void theExampleConfigurationIsRightAlsoWithItsCommentsUndone() throws IOException {
        Path file = REPOSITORY.resolve("config.yaml");
        Config example = Config.read(file, ServerSettings.SECTION);
        assertEquals(8_000, ServerSettings.of(example).port());
        String everything = Files.readString(file).replaceAll("(?m)^( *)# (?=[a-z_]+:(?: |$))", "$1");
        Config config = Config.parse(everything.replaceAll("(?m)^#( +[a-z_]+: )", "$1"), file, ServerSettings.SECTION);
        ServerSettings server = ServerSettings.of(config);
        assertEquals(Optional.of("at-least-8-characters"), server.access().apiKey());
        assertTrue(config.promptText().isPresent());
        Config unless = Config.of(config.model().modelPath());
        assertEquals(unless.model().toString(), config.model().toString());
        assertEquals(unless.inference().toString(), config.inference().toString());
        assertEquals(ServerSettings.defaults().limits(), server.limits());
    }

    @Test
    void theConfigurationInTheDocsIsRight() throws IOException {
        Path page = REPOSITORY.resolve("docs/server.md");
        String yaml = Files.readString(page).split("```yaml\n")[1].split("```")[0];
        assertTrue(Config.parse(yaml, page, ServerSettings.SECTION)
                .referenceAudio()
                .isPresent());
    }

    @Test
    void theCommittedSchemaIsCurrent() throws IOException {
        assertEquals(
                Config.schema(ServerSettings.SECTION),
                Files.readString(REPOSITORY.resolve("docs/config.schema.json")),
                "after a change of settings: ./dev serve --print-schema > docs/config.schema.json");
    }
}
