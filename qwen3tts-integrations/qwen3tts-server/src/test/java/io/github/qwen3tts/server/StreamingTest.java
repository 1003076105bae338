package io.github.qwen3tts.server;

import static io.github.qwen3tts.server.TestServer.json;
import static io.github.qwen3tts.server.TestServer.longSpeech;
import static io.github.qwen3tts.server.TestServer.speech;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Speeches of minutes to clients that do not read them: the server can keep half a minute of one, so what is true while
 * nobody reads is true before its end, however fast the machine.
 */
class StreamingTest {

    private static final String SPEAKING = "qwen3tts_speeches_speaking";
    private static final String WAITING = "qwen3tts_speeches_waiting";
    private static final String CANCELLED = "qwen3tts_speeches_total{end=\"cancelled\"}";
    private static final int FRAMES_KEPT_FOR_A_READER = 450; // 30 s in the engine, less than 6 s in the buffers behind

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(Golden.CUSTOM_VOICE, "server: {max_concurrent: 2, max_queue: 1}");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A client that has asked for minutes of speech and read the first of it. */
    private static RawConnection listening(ObjectNode speech) throws IOException {
        RawConnection connection = new RawConnection(server.address());
        connection.speak("HTTP/1.1", speech.toString());
        assertEquals(200, connection.readHead().status());
        assertTrue(connection.readChunk().length > 0);
        return connection;
    }

    @ParameterizedTest
    @EnumSource(SpeechFormat.class)
    void theFirstSoundIsThereLongBeforeTheLast(SpeechFormat format) throws Exception {
        double cancelled = server.metric(CANCELLED);
        try (RawConnection connection = listening(longSpeech().put("response_format", format.word()))) {
            for (int chunk = 0; chunk < 4; chunk++) {
                assertTrue(connection.readChunk().length > 0);
            }
            assertEquals(1, server.metric(SPEAKING));
        }
        server.awaitMetric(CANCELLED, cancelled + 1);
        server.awaitMetric(SPEAKING, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatLeavesFreesItsStream(boolean politely) throws Exception {
        double cancelled = server.metric(CANCELLED);
        RawConnection connection = listening(longSpeech().put("response_format", "pcm"));
        assertEquals(1, server.metric(SPEAKING));
        if (politely) {
            connection.close();
        } else {
            connection.reset();
        }
        server.awaitMetric(CANCELLED, cancelled + 1);
        server.awaitMetric(SPEAKING, 0);
    }

    @Test
    void aClientThatWaitsForAllOfItAndLeavesFreesItsStream() throws Exception {
        double cancelled = server.metric(CANCELLED);
        try (RawConnection connection = new RawConnection(server.address())) {
            connection.speak("HTTP/1.1", longSpeech().put("stream", false).toString());
            server.awaitMetric(SPEAKING, 1);
        }
        server.awaitMetric(CANCELLED, cancelled + 1);
        server.awaitMetric(SPEAKING, 0);
    }

    @Test
    void whoDoesNotReadHoldsNobodyUp() throws Exception {
        try (RawConnection connection = listening(longSpeech().put("response_format", "pcm"))) {
            // The two take turns, frame by frame: the slow one is full before the other one has ended.
            int frames = FRAMES_KEPT_FOR_A_READER + 50;
            byte[] pcm = server.audio(longSpeech().put("response_format", "pcm").put("max_new_tokens", frames + 1));
            assertEquals(frames * 1_920 * 2, pcm.length);
            server.awaitMetric(SPEAKING, 1); // the slow one still waits for its reader
            assertTrue(connection.readChunk().length > 0, "and goes on when it comes back");
        }
        server.awaitMetric(SPEAKING, 0);
    }

    @Test
    void whoFindsNoRoomIsToldWhenToComeBackAndWhoWaitsIsServedInTurn() throws Exception {
        RawConnection first = listening(longSpeech());
        RawConnection second = listening(longSpeech());
        try (RawConnection waiting = new RawConnection(server.address())) {
            waiting.speak("HTTP/1.1", speech().toString());
            server.awaitMetric(WAITING, 1);

            HttpResponse<byte[]> refused = server.speak(speech());
            assertEquals(429, refused.statusCode());
            assertTrue(refused.headers().firstValueAsLong("Retry-After").orElseThrow() >= 1);
            assertEquals("rate_limit_exceeded", json(refused).at("/error/code").textValue());

            first.close();
            assertEquals(200, waiting.readHead().status());
        } finally {
            first.close();
            second.close();
        }
        server.awaitMetric(SPEAKING, 0);
        assertEquals(200, server.speak(speech()).statusCode());
    }

    @Test
    void whoLeavesWhileWaitingGivesThePlaceUp() throws Exception {
        double cancelled = server.metric(CANCELLED);
        try (RawConnection first = listening(longSpeech());
                RawConnection second = listening(longSpeech())) {
            try (RawConnection waiting = new RawConnection(server.address())) {
                waiting.speak("HTTP/1.1", speech().toString());
                server.awaitMetric(WAITING, 1);
            }
            server.awaitMetric(WAITING, 0);
            server.awaitMetric(CANCELLED, cancelled + 1);
            assertTrue(first.readChunk().length > 0 && second.readChunk().length > 0, "the others go on");
        }
        server.awaitMetric(SPEAKING, 0);
    }

    @Test
    void aServerThatStopsBreaksOffWhatItSays() throws Exception {
        TestServer other = TestServer.start(Golden.CUSTOM_VOICE, "");
        try (RawConnection connection = new RawConnection(other.address())) {
            connection.speak("HTTP/1.1", longSpeech().toString());
            assertEquals(200, connection.readHead().status());
            other.close();
            assertThrows(IOException.class, () -> readToTheEnd(connection));
        } finally {
            other.close();
        }
    }

    private static void readToTheEnd(RawConnection connection) throws IOException {
        while (connection.readChunk().length > 0) {
            // goes on
        }
    }

    /** A speech that fails behind its first byte must not look like a short one. */
    @Test
    void aSpeechThatFailsBreaksTheConnection() throws Exception {
        try (FailingServer failing = new FailingServer();
                RawConnection connection = new RawConnection(failing.address())) {
            connection.speak(
                    "HTTP/1.1", longSpeech().put("response_format", "wav").toString());
            assertEquals(200, connection.readHead().status());
            failing.fail();
            assertThrows(EOFException.class, () -> readToTheEnd(connection));
        }
    }

    @Test
    void aSpeechThatFailsResetsAConnectionWithoutChunks() throws Exception {
        try (FailingServer failing = new FailingServer();
                RawConnection connection = new RawConnection(failing.address())) {
            connection.speak(
                    "HTTP/1.0", longSpeech().put("response_format", "pcm").toString());
            assertEquals(200, connection.readHead().status());
            failing.fail();
            assertThrows(IOException.class, connection::readAll);
        }
    }

    @Test
    void anEventSaysThatTheSpeechFailed() throws Exception {
        try (FailingServer failing = new FailingServer();
                RawConnection connection = new RawConnection(failing.address())) {
            connection.speak(
                    "HTTP/1.1", longSpeech().put("stream_format", "sse").toString());
            assertEquals(200, connection.readHead().status());
            failing.fail();
            StringBuilder text = new StringBuilder();
            assertThrows(EOFException.class, () -> {
                while (true) {
                    text.append(new String(connection.readChunk()));
                }
            });
            String last = text.substring(text.lastIndexOf("event: "));
            assertTrue(last.startsWith("event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":"), last);
        }
    }

    @Test
    void aSpeechThatFailsBeforeItsFirstByteHasAStatus() throws Exception {
        try (FailingServer failing = new FailingServer();
                RawConnection connection = new RawConnection(failing.address())) {
            failing.fail();
            connection.speak("HTTP/1.1", speech().toString());
            assertEquals(503, connection.readHead().status()); // of an engine that is closed
        }
    }
}
