package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.config.Config;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {

    @Test
    void printsTheSchemaForEditors() {
        Run run = Run.of("serve", "--print-schema");
        assertEquals(0, run.status());
        assertEquals(Config.schema(), run.out());
    }

    @Test
    void aWrongSettingEndsWithItsLine(@TempDir Path folder) throws Exception {
        Path config = Files.writeString(
                folder.resolve("config.yaml"), "model_settings:\n  model_path: demo\nserver:\n  prot: 8000\n");
        Run run = Run.of("serve", "--config", config.toString());
        assertEquals(1, run.status());
        assertTrue(run.err().contains("line=4") && run.err().contains("did you mean port?"), run.err());
    }

    @Test
    void aPortThatIsTakenEndsWithAReason() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            Run run = Run.of("serve", "--host", "0.0.0.0", "--port", "" + taken.getLocalPort());
            assertEquals(1, run.status());
            assertTrue(run.err().contains("is another server running?"), run.err());
        }
    }

    @Test
    void theExampleConfigurationIsRightAlsoWithItsCommentsUndone() throws Exception {
        Path file = Path.of("../config.yaml");
        assertEquals(8_000, Config.read(file).server().port());
        String everything = Files.readString(file).replaceAll("(?m)^( *)# (?=[a-z_]+:(?: |$))", "$1");
        Config config = Config.parse(everything.replaceAll("(?m)^#( +[a-z_]+: )", "$1"), file);
        assertEquals(
                Optional.of("at-least-8-characters"), config.server().access().apiKey());
        assertTrue(config.cloning().orElseThrow().promptText().isPresent());
        Config unless = Config.of(config.model().modelPath());
        assertEquals(unless.inference(), config.inference());
        assertEquals(unless.server().limits(), config.server().limits());
    }

    @Test
    void theConfigurationInTheReadmeIsRight() throws Exception {
        Path readme = Path.of("../README.md");
        String yaml = Files.readString(readme).split("```yaml\n")[1].split("```")[0];
        assertTrue(Config.parse(yaml, readme).cloning().isPresent());
    }

    @Test
    void theSchemaBesideItIsTheOneThatIsPrinted() throws Exception {
        assertEquals(
                Config.schema(),
                Files.readString(Path.of("../docs/config.schema.json")),
                "after a change of settings: ./dev serve --print-schema > docs/config.schema.json");
    }
}
