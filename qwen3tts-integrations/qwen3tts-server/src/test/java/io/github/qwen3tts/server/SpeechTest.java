package io.github.qwen3tts.server;

import static io.github.qwen3tts.server.TestServer.json;
import static io.github.qwen3tts.server.TestServer.speech;
import static io.github.qwen3tts.server.TestServer.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of OpenAI's speech API are answered, by the side of an engine that speaks the same. */
class SpeechTest {

    private static final int FRAME_BYTES = 1_920 * 2;
    private static final int FRAMES = 11; // of speech(): 12 draws

    private static TestServer server;
    private static TtsEngine engine;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(Golden.CUSTOM_VOICE, "server: {model_aliases: [house-voice], max_input_chars: 100}");
        engine = TtsEngine.open(Golden.CUSTOM_VOICE);
    }

    @AfterAll
    static void stop() {
        server.close();
        engine.close();
    }

    private static byte[] spoken(SynthesisRequest request, int maxNewTokens) throws IOException {
        return TestServer.spoken(engine, request.withMaxDuration(Duration.ofMillis(80L * (maxNewTokens - 1))));
    }

    private static byte[] spoken() throws IOException {
        return spoken(
                SynthesisRequest.of("The lake is quiet tonight.", Voice.named("ryan"))
                        .withSeed(7),
                12);
    }

    @ParameterizedTest
    @EnumSource(
            value = SpeechFormat.class,
            names = {"PCM", "WAV", "FLAC"})
    void losslessFormatsHoldTheEnginesSamples(SpeechFormat format) throws Exception {
        byte[] audio = server.audio(speech().put("response_format", format.word()));
        assertArrayEquals(spoken(), Decoders.pcm16(format, audio));
    }

    /** The weights are random and the sound is noise, of which no codec keeps much; another seed is below 0 dB. */
    @ParameterizedTest
    @CsvSource({"MP3,6", "AAC,6", "OPUS,3"})
    void lossyFormatsHoldTheSameSound(SpeechFormat format, double minSnr) throws Exception {
        ObjectNode wanted = speech().put("response_format", format.word());
        float[] expected = Decoders.samples(spoken());
        double snr = alignedSnr(expected, decoded(format, wanted));
        double other = alignedSnr(expected, decoded(format, wanted.put("seed", 4)));
        System.out.printf("%s: %.1f dB, another seed %.1f dB%n", format, snr, other); // drift is seen before it fails
        assertTrue(snr >= minSnr, format + ": " + snr + " dB");
        assertTrue(other < 1, "another seed is another sound: " + other + " dB");
    }

    private static float[] decoded(SpeechFormat format, JsonNode wanted) throws Exception {
        float[] samples = Decoders.samples(Decoders.pcm16(format, server.audio(wanted)));
        assertTrue(samples.length >= FRAMES * 1_920, "nothing is cut off: samples=" + samples.length);
        return samples;
    }

    /** The best signal to difference over the delays a codec may have. */
    private static double alignedSnr(float[] expected, float[] actual) {
        double best = Double.NEGATIVE_INFINITY;
        for (int delay = 0; delay <= 3_000; delay++) {
            double signal = 0;
            double difference = 0;
            for (int i = 0; i < expected.length && i + delay < actual.length; i += 7) { // enough to tell
                double d = expected[i] - actual[i + delay];
                signal += expected[i] * expected[i];
                difference += d * d;
            }
            best = Math.max(best, 10 * Math.log10(signal / difference));
        }
        return best;
    }

    @ParameterizedTest
    @CsvSource({
        "mp3,audio/mpeg",
        "opus,audio/ogg",
        "aac,audio/aac",
        "flac,audio/flac",
        "wav,audio/wav",
        "pcm,audio/pcm",
    })
    void everyFormatHasItsContentTypeAndSaysItsSeed(String format, String contentType) throws Exception {
        HttpResponse<byte[]> response = server.speak(speech().put("response_format", format));
        assertEquals(200, response.statusCode());
        assertEquals(Optional.of(contentType), response.headers().firstValue("Content-Type"));
        assertEquals(Optional.of("7"), response.headers().firstValue("X-Seed"));
        assertEquals(Optional.of("24000"), response.headers().firstValue("X-Sample-Rate"));
        assertEquals(Optional.of("chunked"), response.headers().firstValue("Transfer-Encoding"));
    }

    @Test
    void mp3IsWhatIsSentUnlessAsked() throws Exception {
        HttpResponse<byte[]> response = server.speak(speech());
        assertEquals(Optional.of("audio/mpeg"), response.headers().firstValue("Content-Type"));
    }

    @Test
    void theSeedThatIsToldSpeaksTheSameAgain() throws Exception {
        ObjectNode wanted = speech().put("response_format", "pcm");
        wanted.remove("seed");
        HttpResponse<byte[]> first = server.speak(wanted);
        long seed = Long.parseLong(first.headers().firstValue("X-Seed").orElseThrow());
        assertArrayEquals(first.body(), server.audio(wanted.put("seed", seed)));
        assertTrue(seed >= 0 && seed < 1L << 53, "JavaScript can repeat it: seed=" + seed);
    }

    @Test
    void allAtOnceSaysItsLengthAndHowItEnded() throws Exception {
        HttpResponse<byte[]> response =
                server.speak(speech().put("response_format", "wav").put("stream", false));
        assertEquals(Optional.of("length"), response.headers().firstValue("X-Finish-Reason"));
        assertEquals(
                44 + FRAMES * FRAME_BYTES,
                response.headers().firstValueAsLong("Content-Length").orElseThrow());
        assertArrayEquals(spoken(), Decoders.pcm16(SpeechFormat.WAV, response.body()));
        assertEquals('d', response.body()[36]);
        assertEquals(
                FRAMES * FRAME_BYTES, (response.body()[40] & 0xff) | (response.body()[41] & 0xff) << 8, "of the data");
    }

    @Test
    void aStreamSaysBehindItsLastByteHowItEnded() throws Exception {
        try (RawConnection connection = new RawConnection(server.address())) {
            connection.speak("HTTP/1.1", speech().put("response_format", "pcm").toString());
            assertEquals(200, connection.readHead().status());
            ByteArrayOutputStream audio = new ByteArrayOutputStream();
            for (byte[] chunk = connection.readChunk(); chunk.length > 0; chunk = connection.readChunk()) {
                audio.write(chunk);
            }
            assertArrayEquals(spoken(), audio.toByteArray());
            assertEquals("length", connection.readFields().get("x-finish-reason"));
        }
    }

    @Test
    void aClientOfHttp10GetsTheSameAudioWithoutChunks() throws Exception {
        try (RawConnection connection = new RawConnection(server.address())) {
            connection.speak("HTTP/1.0", speech().put("response_format", "pcm").toString());
            assertFalse(connection.readHead().headers().containsKey("transfer-encoding"));
            assertArrayEquals(spoken(), connection.readAll());
        }
    }

    @Test
    void requestsOnOneConnectionAreAnsweredInTheirOrder() throws Exception {
        try (RawConnection connection = new RawConnection(server.address())) {
            String json =
                    speech().put("response_format", "pcm").put("stream", false).toString();
            connection.send("POST /v1/audio/speech HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + json.length()
                    + "\r\n\r\n" + json + "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            RawConnection.Head head = connection.readHead();
            assertEquals(String.valueOf(FRAMES * FRAME_BYTES), head.headers().get("content-length"));
            byte[] rest = connection.readAll();
            String health = new String(rest, FRAMES * FRAME_BYTES, rest.length - FRAMES * FRAME_BYTES);
            assertTrue(health.startsWith("HTTP/1.1 200") && health.endsWith("{\"status\":\"ok\"}"), health);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pcm", "wav"})
    void eventsCarryTheSameBytesAndThenTheUsage(String format) throws Exception {
        ObjectNode wanted = speech().put("response_format", format).put("stream_format", "sse");
        HttpResponse<byte[]> response = server.speak(wanted);
        assertEquals(Optional.of("text/event-stream"), response.headers().firstValue("Content-Type"));
        ByteArrayOutputStream audio = new ByteArrayOutputStream();
        List<JsonNode> events = new ArrayList<>();
        for (String event : text(response).split("\n\n")) {
            String[] lines = event.split("\n");
            JsonNode data = json(lines[1].substring("data: ".length()));
            assertEquals("event: " + data.get("type").textValue(), lines[0]);
            events.add(data);
        }
        JsonNode done = events.remove(events.size() - 1);
        for (JsonNode delta : events) {
            assertEquals("speech.audio.delta", delta.get("type").textValue());
            audio.write(Base64.getDecoder().decode(delta.get("audio").textValue()));
        }
        assertTrue(events.size() > 2, "in pieces: deltas=" + events.size());
        assertArrayEquals(spoken(), Decoders.pcm16(SpeechFormat.of(format), audio.toByteArray()));
        assertEquals("speech.audio.done", done.get("type").textValue());
        assertEquals("length", done.get("finish_reason").textValue());
        assertEquals(7, done.get("seed").longValue());
        JsonNode usage = done.get("usage");
        assertEquals(FRAMES, usage.get("output_tokens").intValue());
        assertTrue(usage.get("input_tokens").intValue() > 0);
        assertEquals(
                usage.get("input_tokens").intValue() + FRAMES,
                usage.get("total_tokens").intValue());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 0.5, 2, 4})
    void speedChangesTheLength(double speed) throws Exception {
        int frames = 29;
        byte[] pcm = server.audio(speech().put("max_new_tokens", frames + 1)
                .put("response_format", "pcm")
                .put("speed", speed));
        double expected = frames * 0.08 / speed;
        assertEquals(expected, pcm.length / 48_000.0, 0.05, "seconds, give or take a window of the stretching");
    }

    @Test
    void extensionsReachTheEngine() throws Exception {
        SynthesisRequest request = SynthesisRequest.of("Der See ist still.", Voice.named("vivian"))
                .withLanguage(Language.of("german"))
                .withSeed(3);
        byte[] expected = spoken(request.withSampling(own -> own.greedy().repetitionPenalty(1.3f)), 9);
        ObjectNode wanted = speech().put("input", "Der See ist still.")
                .put("language", "de")
                .put("temperature", 0)
                .put("repetition_penalty", 1.3)
                .put("max_new_tokens", 9)
                .put("seed", 3)
                .put("response_format", "pcm");
        wanted.putObject("voice").put("id", "Vivian");
        assertArrayEquals(expected, server.audio(wanted));
        wanted.remove("temperature");
        assertArrayEquals(
                server.audio(wanted.put("temperature", 0.7).put("top_k", 1).put("top_p", 1)),
                server.audio(wanted.put("temperature", 0.1).put("top_k", 5).put("top_p", 0.001)),
                "one candidate is left either way");
    }

    @ParameterizedTest
    @CsvSource({"true, NON_STREAMING", "false, STREAMING"})
    void theTextIsReadAheadOrAlong(boolean ahead, TextLayout layout) throws Exception {
        ObjectNode wanted = speech().put("response_format", "pcm");
        SynthesisRequest request = SynthesisRequest.of(wanted.get("input").textValue(), Voice.named("ryan"))
                .withLayout(layout)
                .withSeed(7);
        byte[] expected = spoken(request, 12);
        assertArrayEquals(expected, server.audio(wanted.put("non_streaming_mode", ahead)));
        assertFalse(Arrays.equals(expected, server.audio(wanted.put("non_streaming_mode", !ahead))));
    }

    @Test
    void fieldsNobodyKnowsAndNullsAreIgnored() throws Exception {
        ObjectNode wanted = speech().put("response_format", "pcm").put("task_type", "CustomVoice");
        wanted.putNull("instructions")
                .putNull("speed")
                .putNull("language")
                .putObject("metadata")
                .put("a", 1);
        assertArrayEquals(spoken(), server.audio(wanted));
    }

    @Test
    void theWordNoneIsNoInstruction() throws Exception {
        assertArrayEquals(
                spoken(), server.audio(speech().put("response_format", "pcm").put("instructions", "None")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer",
                "verse"
            })
    void openAisVoicesSpeak(String voice) throws Exception {
        ObjectNode wanted = speech().put("response_format", "pcm");
        byte[] own =
                server.audio(wanted.put("voice", OpenAiVoices.speaker(voice).orElseThrow()));
        assertArrayEquals(own, server.audio(wanted.put("voice", voice)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tts-1",
                "tts-1-hd",
                "gpt-4o-mini-tts",
                "gpt-4o-mini-tts-2026-01-31",
                "qwen3-tts",
                "house-voice",
                "mini-custom-voice",
                "TTS-1"
            })
    void theModelGoesByManyNames(String model) throws Exception {
        assertArrayEquals(
                spoken(), server.audio(speech().put("response_format", "pcm").put("model", model)));
    }

    @Test
    void listsTheModelUnderAllItsNames() throws Exception {
        JsonNode models = json(server.get("/v1/models"));
        assertEquals(models, json(server.get("/v1/audio/models")));
        Set<String> ids = new HashSet<>();
        models.get("data").forEach(model -> ids.add(model.get("id").textValue()));
        assertEquals(
                Set.of("mini-custom-voice", "qwen3-tts", "tts-1", "tts-1-hd", "gpt-4o-mini-tts", "house-voice"), ids);
        assertEquals("model", json(server.get("/v1/models/tts-1")).get("object").textValue());
    }

    @Test
    void tellsThatItIsThere() throws Exception {
        assertEquals("{\"status\":\"ok\"}", text(server.get("/health")));
        assertEquals("{\"status\":\"ready\"}", text(server.get("/ready")));
        HttpResponse<byte[]> page = server.get("/");
        assertTrue(text(page).contains("<title>qwen3tts"));
        assertTrue(page.headers()
                .firstValue("Content-Security-Policy")
                .orElseThrow()
                .contains("default-src 'none'"));
    }

    @Test
    void countsWhatItDoes() throws Exception {
        String speeches = "qwen3tts_speeches_total{end=\"length\"}";
        server.awaitMetric("qwen3tts_speeches_speaking", 0); // a speech is counted behind its last byte
        double before = server.metric(speeches);
        double seconds = server.metric("qwen3tts_audio_seconds_total");
        double firsts = server.metric("qwen3tts_time_to_first_audio_seconds_count");
        server.audio(speech());
        server.awaitMetric(speeches, before + 1);
        assertEquals(seconds + FRAMES * 0.08, server.metric("qwen3tts_audio_seconds_total"), 1e-6);
        assertEquals(firsts + 1, server.metric("qwen3tts_time_to_first_audio_seconds_count"));
        server.get("/v1/models/nobodys");
        server.awaitMetric("qwen3tts_requests_total{route=\"/v1/models/\",status=\"404\"}", 1);
        assertEquals(
                Optional.of("text/plain; version=0.0.4; charset=utf-8"),
                server.get("/metrics").headers().firstValue("Content-Type"));
    }

    @Test
    void theConfigurationSetsRateAndDelivery() throws Exception {
        try (TestServer other =
                TestServer.start(Golden.CUSTOM_VOICE, "inference_settings: {sample_rate: 16000, streaming: false}")) {
            ObjectNode wanted = speech().put("response_format", "pcm");
            HttpResponse<byte[]> whole = other.speak(wanted);
            assertEquals(Optional.of("16000"), whole.headers().firstValue("X-Sample-Rate"));
            assertEquals(FRAMES * FRAME_BYTES * 2 / 3, whole.body().length);
            assertTrue(whole.headers().firstValue("Content-Length").isPresent());
            HttpResponse<byte[]> streamed = other.speak(wanted.put("stream", true));
            assertTrue(streamed.headers().firstValue("Content-Length").isEmpty());
            assertArrayEquals(whole.body(), streamed.body());
        }
    }

    @Test
    void sixteenClientsAtOnceEachHearTheirOwn() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<byte[]>>> responses = new ArrayList<>();
        for (int seed = 0; seed < 16; seed++) {
            String json =
                    speech().put("seed", seed).put("response_format", "pcm").toString();
            responses.add(
                    client.sendAsync(server.speechRequest(json).build(), HttpResponse.BodyHandlers.ofByteArray()));
        }
        for (int seed = 0; seed < 16; seed++) {
            HttpResponse<byte[]> response = responses.get(seed).join();
            assertEquals(200, response.statusCode());
            SynthesisRequest same = SynthesisRequest.of("The lake is quiet tonight.", Voice.named("ryan"))
                    .withSeed(seed);
            assertArrayEquals(spoken(same, 12), response.body(), "seed=" + seed);
        }
    }
}
