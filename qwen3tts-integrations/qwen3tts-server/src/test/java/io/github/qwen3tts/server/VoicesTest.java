package io.github.qwen3tts.server;

import static io.github.qwen3tts.server.TestServer.json;
import static io.github.qwen3tts.server.TestServer.speech;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.Voice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cloned voices: from the configuration, from requests, and uploaded to stay. */
class VoicesTest {

    @TempDir
    private static Path voices;

    private static TestServer server;
    private static byte[] clip;

    @BeforeAll
    static void start() throws IOException {
        server = startServer();
        clip = Files.readAllBytes(Golden.CLIP);
    }

    private static TestServer startServer() throws IOException {
        return TestServer.start(Golden.BASE, """
                voice_cloning: {reference_audio: '%s', prompt_text: %s}
                server:
                  voices_directory: '%s'
                  voice_aliases: {narrator: cloned_voice}
                  ref_audio_hosts: [localhost]
                """.formatted(Golden.CLIP, Golden.TRANSCRIPT, voices));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] speak(String voice) throws Exception {
        return server.audio(speech().put("voice", voice).put("response_format", "pcm"));
    }

    /** An upload as browsers and curl send it. */
    private static HttpResponse<byte[]> upload(Map<String, ?> parts) throws Exception {
        String boundary = "----a-boundary-of-the-test";
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Map.Entry<String, ?> part : parts.entrySet()) {
            String file = part.getValue() instanceof byte[] ? "; filename=\"clip.wav\"" : "";
            byte[] content = part.getValue() instanceof byte[] bytes
                    ? bytes
                    : part.getValue().toString().getBytes(StandardCharsets.UTF_8);
            body.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.getKey() + "\""
                            + file + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(content);
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        body.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return server.send(server.request("/v1/audio/voices")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
    }

    /** Parts of an upload that is accepted. */
    private static Map<String, Object> parts(String name) {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("name", name);
        parts.put("consent", "my own voice");
        parts.put("audio_sample", clip);
        parts.put("ref_text", Golden.TRANSCRIPT);
        return parts;
    }

    private static HttpResponse<byte[]> delete(TestServer from, String id) throws Exception {
        return from.send(from.request("/v1/audio/voices/"
                        + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20"))
                .DELETE());
    }

    private static List<String> ids(TestServer of) throws Exception {
        List<String> ids = new ArrayList<>();
        json(of.get("/v1/audio/voices"))
                .get("data")
                .forEach(voice -> ids.add(voice.get("id").textValue()));
        return ids;
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(voices)) {
            return files.toList();
        }
    }

    @Test
    void theConfiguredClipIsAVoiceWithIdAndName() throws Exception {
        JsonNode list = json(server.get("/v1/audio/voices"));
        JsonNode voice = list.get("data").get(0);
        assertEquals("cloned_voice", voice.get("id").textValue());
        assertEquals("cloned_voice", voice.get("name").textValue());
        assertEquals("configured", voice.get("source").textValue());
        assertTrue(
                list.get("can_clone").booleanValue() && list.get("can_upload").booleanValue());
        assertEquals("base", list.get("model_type").textValue());
        assertFalse(list.get("takes_instructions").booleanValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLONED_VOICE", "narrator", "alloy"})
    void namesWithoutAVoiceOfTheirOwnMeanTheConfiguredOne(String name) throws Exception {
        assertArrayEquals(speak("cloned_voice"), speak(name));
    }

    @Test
    void aClipInTheRequestSpeaksAsTheSameClipInTheConfiguration() throws Exception {
        ObjectNode wanted = speech().put("response_format", "pcm").put("ref_text", Golden.TRANSCRIPT);
        String base64 = Base64.getEncoder().encodeToString(clip);
        byte[] configured = speak("cloned_voice");
        assertArrayEquals(configured, server.audio(wanted.put("ref_audio", base64)));
        assertArrayEquals(configured, server.audio(wanted.put("ref_audio", "data:audio/wav;base64," + base64)));
        byte[] bySound = server.audio(wanted.put("x_vector_only_mode", true));
        assertFalse(Arrays.equals(configured, bySound), "without its words the clip is not continued");
        wanted.remove("ref_text");
        wanted.remove("x_vector_only_mode");
        assertArrayEquals(bySound, server.audio(wanted), "no words, so by the sound alone");
    }

    @Test
    void anUploadedVoiceSpeaksStaysAndGoes() throws Exception {
        HttpResponse<byte[]> response = upload(parts("Frau Müller"));
        assertEquals(200, response.statusCode(), () -> TestServer.text(response));
        assertEquals("frau müller", json(response).get("id").textValue());
        assertEquals("uploaded", json(response).get("source").textValue());
        assertTrue(json(response).get("created_at").isIntegralNumber());
        assertArrayEquals(speak("cloned_voice"), speak("Frau Müller"));
        assertEquals(409, upload(parts("frau müller")).statusCode());

        assertEquals("my own voice", Voice.load(files().get(0)).consent());
        try (TestServer restarted = startServer()) {
            assertEquals(List.of("cloned_voice", "frau müller"), ids(restarted));
        }
        JsonNode deleted = json(delete(server, "frau müller"));
        assertTrue(deleted.get("deleted").booleanValue());
        assertEquals(List.of("cloned_voice"), ids(server));
        assertEquals(404, delete(server, "frau müller").statusCode());
        assertEquals(List.of(), files());
    }

    @ParameterizedTest
    @CsvSource({
        "consent,''",
        "consent,' '",
        "name,''",
        "name,../../etc/passwd",
        "name,.hidden",
        "name,'a\0b'",
        "audio_sample,''",
        "audio_sample,no audio at all",
    })
    void anUploadThatLacksSomethingIsRefused(String part, String value) throws Exception {
        Map<String, Object> parts = parts("somebody");
        parts.put(part, value);
        HttpResponse<byte[]> response = upload(parts);
        assertEquals(400, response.statusCode(), () -> TestServer.text(response));
        assertEquals(part, json(response).at("/error/param").textValue());
        parts.remove(part);
        assertEquals(400, upload(parts).statusCode());
        assertEquals(List.of("cloned_voice"), ids(server));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloned_voice", "alloy", "narrator"})
    void anUploadTakesNoNameThatHasAMeaning(String name) throws Exception {
        assertEquals(409, upload(parts(name)).statusCode());
    }

    @Test
    void aNameOfManyLettersOfAnotherScriptFitsOrIsRefused() throws Exception {
        assertEquals(400, upload(parts("声".repeat(64))).statusCode());
        assertEquals(200, upload(parts("声".repeat(20))).statusCode());
        assertEquals(200, delete(server, "声".repeat(20)).statusCode());
    }

    @Test
    void whatIsNoFormIsRefused() throws Exception {
        HttpRequest.Builder request = server.request("/v1/audio/voices");
        assertEquals(
                400,
                server.send(request.POST(HttpRequest.BodyPublishers.ofString("{}")))
                        .statusCode());
        HttpRequest.Builder damaged = server.request("/v1/audio/voices")
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(HttpRequest.BodyPublishers.ofString("--x\r\nContent-Disp"));
        assertEquals(400, server.send(damaged).statusCode());
    }

    @Test
    void onlyUploadedVoicesCanBeDeleted() throws Exception {
        assertEquals(403, delete(server, "cloned_voice").statusCode());
    }

    @Test
    void aListedHostAtAPrivateAddressIsNotAsked() throws Exception {
        HttpResponse<byte[]> response = server.speak(
                speech().put("ref_audio", "http://localhost:" + server.address().getPort() + "/health")
                        .put("x_vector_only_mode", true));
        assertEquals(400, response.statusCode());
        assertTrue(json(response).at("/error/message").textValue().contains("private addresses"));
    }

    @Test
    void aModelThatClonesSaysWhatItNeeds() throws Exception {
        try (TestServer bare = TestServer.start(Golden.BASE, "")) {
            HttpResponse<byte[]> response = bare.speak(speech().put("voice", "alloy"));
            assertEquals(400, response.statusCode());
            assertTrue(json(response).at("/error/message").textValue().contains("send ref_audio"));
            assertEquals(List.of(), ids(bare));
            assertEquals(
                    403,
                    bare.send(bare.request("/v1/audio/voices").POST(HttpRequest.BodyPublishers.noBody()))
                            .statusCode());
        }
    }

    @Test
    void aModelThatDesignsVoicesTakesInstructionsForTheVoice() throws Exception {
        try (TestServer design =
                TestServer.start(Golden.VOICE_DESIGN, "server: {voice_aliases: {butler: 'A calm old man.'}}")) {
            ObjectNode wanted = speech().put("response_format", "pcm");
            byte[] butler = design.audio(wanted.put("voice", "butler"));
            assertArrayEquals(butler, design.audio(wanted.put("instructions", "A calm old man.")));
            wanted.remove("instructions");
            assertFalse(Arrays.equals(butler, design.audio(wanted.put("voice", "alloy"))));
        }
    }
}
