package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.server.ServerSettings;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {

    @Test
    void printsTheSchemaForEditors() {
        Run run = Run.of("serve", "--print-schema");
        assertEquals(0, run.status());
        assertEquals(Config.schema(ServerSettings.SECTION), run.out());
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
}
