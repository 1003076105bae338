package io.github.qwen3tts.server;

import static io.github.qwen3tts.server.TestServer.speech;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

/** The log says what was done, and nothing of what was said. */
class LogTest {

    private static final String SECRET = "Wolpertinger";

    /** Everything at every level, exceptions included. */
    private static final class Memory extends Handler {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            StringWriter text = new StringWriter().append(new SimpleFormatter().formatMessage(entry));
            if (entry.getThrown() != null) {
                entry.getThrown().printStackTrace(new PrintWriter(text));
            }
            lines.add(text.toString());
        }

        @Override
        public void flush() {
            // nothing waits
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    @Test
    void noTextOfAnybodyIsLogged() throws Exception {
        Logger ours = Logger.getLogger("io.github.qwen3tts");
        Memory log = new Memory();
        log.setLevel(Level.ALL);
        ours.setLevel(Level.ALL);
        ours.addHandler(log);
        try (TestServer server = TestServer.start(
                Golden.CUSTOM_VOICE_INSTRUCTED, "server: {max_input_chars: 100, api_key: " + SECRET + "-key}")) {
            assertEquals(
                    200,
                    server.speak(speech().put("input", SECRET).put("instructions", SECRET))
                            .statusCode());
            assertEquals(
                    200,
                    server.speak(speech().put("input", SECRET).put("stream_format", "sse"))
                            .statusCode());
            assertEquals(
                    400, server.speak(speech().put("input", SECRET.repeat(20))).statusCode());
            assertEquals(400, server.speak(speech().put("voice", SECRET)).statusCode());
            assertEquals(400, server.speak(speech().put("language", SECRET)).statusCode());
            assertEquals(
                    400,
                    server.speak(speech().put("ref_audio", SECRET).put("ref_text", SECRET))
                            .statusCode());
            assertEquals(
                    400,
                    server.send(server.speechRequest("{\"input\": " + SECRET)).statusCode());
            assertEquals(404, server.get("/" + SECRET).statusCode());
            server.awaitMetric("qwen3tts_requests_total{route=\"/v1/audio/speech\",status=\"400\"}", 5);
        } finally {
            ours.removeHandler(log);
            ours.setLevel(null);
        }
        assertTrue(log.lines.stream().anyMatch(line -> line.contains("chars=" + SECRET.length())), "it does log");
        assertFalse(log.lines.stream().anyMatch(line -> line.contains(SECRET)), log.lines::toString);
    }
}
