package io.github.qwen3tts.server;

import static io.github.qwen3tts.server.TestServer.longSpeech;
import static io.github.qwen3tts.server.TestServer.speech;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.models.audio.speech.SpeechCreateParams;
import com.openai.models.audio.speech.SpeechCreateParams.ResponseFormat;
import com.openai.models.audio.speech.SpeechCreateParams.StreamFormat;
import com.openai.models.models.Model;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** OpenAI's own Java SDK against the server. */
class OpenAiSdkTest {

    private static final String TEXT = "こんにちは、私は新しいAI音声合成エンジンです。";

    private static TestServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(Golden.CUSTOM_VOICE, "server: {max_concurrent: 1, max_queue: 0}");
        client = OpenAIOkHttpClient.builder()
                .baseUrl(server.address().resolve("/v1").toString())
                .apiKey("dummy-key")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static SpeechCreateParams.Builder wanted() {
        return SpeechCreateParams.builder()
                .model("tts-1")
                .voice("ryan")
                .input(TEXT)
                .putAdditionalBodyProperty("seed", JsonValue.from(7))
                .putAdditionalBodyProperty("max_new_tokens", JsonValue.from(12));
    }

    private static byte[] body(SpeechCreateParams.Builder params) throws IOException {
        try (HttpResponse response = client.audio().speech().create(params.build());
                InputStream body = response.body()) {
            return body.readAllBytes();
        }
    }

    @ParameterizedTest
    @EnumSource(SpeechFormat.class)
    void theSdkHearsEveryFormat(SpeechFormat format) throws Exception {
        server.awaitMetric("qwen3tts_speeches_speaking", 0);
        byte[] audio = body(wanted().responseFormat(ResponseFormat.of(format.word())));
        assertTrue(Decoders.pcm16(format, audio).length >= 11 * 1_920 * 2);
        if (format == SpeechFormat.PCM) {
            server.awaitMetric("qwen3tts_speeches_speaking", 0);
            assertArrayEquals(server.audio(speech().put("input", TEXT).put("response_format", "pcm")), audio);
        }
    }

    @Test
    void theSdkHearsEvents() throws Exception {
        server.awaitMetric("qwen3tts_speeches_speaking", 0);
        String events = new String(body(wanted().streamFormat(StreamFormat.SSE)), StandardCharsets.UTF_8);
        assertTrue(events.startsWith("event: speech.audio.delta\n") && events.contains("event: speech.audio.done\n"));
    }

    @Test
    void theSdkTellsRefusalsApart() throws Exception {
        server.awaitMetric("qwen3tts_speeches_speaking", 0);
        assertThrows(BadRequestException.class, () -> body(wanted().voice("nobody")));
        assertThrows(BadRequestException.class, () -> body(wanted().speed(7)));
        NotFoundException notFound = assertThrows(NotFoundException.class, () -> body(wanted().model("whisper-1")));
        assertEquals("model_not_found", notFound.code().orElseThrow());
        try (RawConnection busy = new RawConnection(server.address())) {
            busy.speak("HTTP/1.1", longSpeech().toString());
            assertEquals(200, busy.readHead().status());
            assertThrows(RateLimitException.class, () -> body(wanted()));
        }
    }

    @Test
    void theSdkListsTheModels() {
        List<String> ids = client.models().list().data().stream().map(Model::id).toList();
        assertTrue(ids.containsAll(List.of("qwen3-tts", "tts-1", "mini-custom-voice")), ids::toString);
        assertEquals("tts-1", client.models().retrieve("tts-1").id());
    }
}
