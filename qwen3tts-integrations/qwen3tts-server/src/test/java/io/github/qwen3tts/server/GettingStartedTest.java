package io.github.qwen3tts.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.AudioReader;
import io.github.qwen3tts.config.Config;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user's first hour: a configuration and a client as users of OpenAI's API write them, with the mini checkpoint in the
 * place of the model, a clip beside the file, and {@code auto} for a machine without a GPU.
 */
class GettingStartedTest {

    private static final String CONFIG = """
            model_settings:
              model_path: "Qwen/Qwen3-TTS-12Hz-1.7B-Base"
              device: "cuda"
              precision: "bf16"

            inference_settings:
              streaming: true
              latency_mode: "low"
              sample_rate: 24000

            voice_cloning:
              reference_audio: "./voices/reference.wav"
              prompt_text: "%s"
            """.formatted(Golden.TRANSCRIPT);

    /** What OpenAI's Python client sends for {@code client.audio.speech.create(model=..., voice=..., input=...)}. */
    private static final String REQUEST = """
            {"input":"こんにちは、私は新しいAI音声合成エンジンです。","model":"qwen3-tts","voice":"cloned_voice"}""";

    @TempDir
    private static Path folder;

    private static Path file;

    @BeforeAll
    static void write() throws IOException {
        Path clip = folder.resolve("voices/reference.wav");
        Files.createDirectories(clip.getParent());
        Files.copy(Golden.CLIP, clip);
        file = Files.writeString(
                folder.resolve("config.yaml"),
                CONFIG.replace("Qwen/Qwen3-TTS-12Hz-1.7B-Base", Golden.BASE.toString())
                        .replace("\"cuda\"", "\"auto\""));
    }

    @Test
    void theConfigurationIsReadAsItStands() {
        Config config = Config.parse(CONFIG, file, ServerSettings.SECTION);
        assertEquals("Qwen/Qwen3-TTS-12Hz-1.7B-Base", config.model().modelPath());
        assertEquals("cuda", config.model().device());
        assertEquals(Precision.BF16, config.model().precision());
        assertTrue(config.inference().streaming());
        assertEquals(24_000, config.inference().sampleRateHz());
        assertEquals(
                folder.resolve("voices/reference.wav"), config.referenceAudio().orElseThrow());
        assertEquals(Golden.TRANSCRIPT, config.promptText().orElseThrow());
        assertEquals(8_000, ServerSettings.of(config).port());
    }

    @Test
    void theServerSpeaksWithTheClonedVoiceToOpenAisClient() throws Exception {
        Config config = Config.read(file, ServerSettings.SECTION);
        ServerSettings freePort = ServerSettings.of(config).withAddress("127.0.0.1", 0);
        try (SpeechServer server = SpeechServer.start(config, freePort)) {
            HttpRequest request = HttpRequest.newBuilder(server.address().resolve("/v1/audio/speech"))
                    .header("Accept", "application/octet-stream")
                    .header("Content-Type", "application/json")
                    .header("User-Agent", "OpenAI/Python 2.8.0")
                    .header("Authorization", "Bearer dummy-key")
                    .POST(HttpRequest.BodyPublishers.ofString(REQUEST))
                    .build();
            HttpResponse<byte[]> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertEquals(200, response.statusCode(), () -> TestServer.text(response));
            assertEquals(
                    "audio/mpeg", response.headers().firstValue("Content-Type").orElseThrow());
            long seed = Long.parseLong(response.headers().firstValue("X-Seed").orElseThrow());
            int samples = Decoders.pcm16(SpeechFormat.MP3, response.body()).length / 2;
            int spoken = spoken(seed);
            // An mp3 begins and ends with silence of up to two blocks of 1152 samples, and fills its last block.
            assertTrue(
                    samples >= spoken && samples <= spoken + 3 * 1_152,
                    samples + " samples of " + spoken + ", seed=" + seed);
        }
    }

    /** Samples that the library speaks with the same file, voice and seed. */
    private static int spoken(long seed) throws IOException {
        Config config = Config.read(file);
        try (TtsEngine engine = TtsEngine.fromConfig(file)) {
            Voice voice = engine.prepare(Voice.fromClip(
                    AudioReader.read(config.referenceAudio().orElseThrow()),
                    config.promptText().orElseThrow()));
            return engine.speak(SynthesisRequest.of("こんにちは、私は新しいAI音声合成エンジンです。", voice)
                            .withLanguage(Language.AUTO)
                            .withSeed(seed))
                    .audio()
                    .samples()
                    .length;
        }
    }
}
