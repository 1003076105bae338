package io.github.qwen3tts.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {

    private static final Path FILE = Path.of("/etc/qwen3tts/config.yaml");

    private static final String AS_USERS_WRITE_IT = """
            # Everything in here is optional but model_path.
            model_settings:
              model_path: "Qwen/Qwen3-TTS-12Hz-1.7B-Base"
              device: "cuda"
              precision: "bf16"

            inference_settings:
              streaming: true
              latency_mode: "ultra_low"
              sample_rate: 24000

            voice_cloning:
              reference_audio: "./voices/me.wav"
              prompt_text: "こんにちは。"

            server:
              host: 0.0.0.0
              port: 9000
              api_key: "correct-horse-battery"
              max_concurrent: 2
              cors_origins: ["https://example.org"]
              voice_aliases:
                alloy: cloned_voice
              voices_directory: voices
            """;

    @Test
    void readsWhatUsersWrite() {
        Config config = Config.parse(AS_USERS_WRITE_IT, FILE);
        assertEquals(new ModelSettings("Qwen/Qwen3-TTS-12Hz-1.7B-Base", "cuda", Precision.BF16), config.model());
        assertEquals(new InferenceSettings(true, LatencyMode.LOW, 24_000), config.inference());
        VoiceCloning cloning = config.cloning().orElseThrow();
        assertEquals(Path.of("/etc/qwen3tts/voices/me.wav"), cloning.referenceAudio());
        assertEquals(Optional.of("こんにちは。"), cloning.promptText());
        ServerSettings server = config.server();
        assertEquals("0.0.0.0", server.host());
        assertEquals(9_000, server.port());
        assertEquals(Optional.of("correct-horse-battery"), server.access().apiKey());
        assertEquals(List.of("https://example.org"), server.access().corsOrigins());
        assertEquals(2, server.limits().maxConcurrent());
        assertEquals(16, server.limits().maxQueue());
        assertEquals(Map.of("alloy", "cloned_voice"), server.names().voiceAliases());
        assertEquals(Optional.of(Path.of("/etc/qwen3tts/voices")), server.uploads());
    }

    @Test
    void onlyTheModelMustBeNamed() {
        Config config = Config.parse("model_settings: {model_path: 0.6b-base}", FILE);
        assertEquals(new ModelSettings("0.6b-base", "auto", Precision.AUTO), config.model());
        assertEquals(new InferenceSettings(true, LatencyMode.LOW, 24_000), config.inference());
        assertEquals(ChunkSchedule.FIRST_AUDIO, config.inference().latencyMode().chunks());
        assertTrue(config.cloning().isEmpty());
        assertEquals("127.0.0.1", config.server().host());
        assertTrue(config.server().access().apiKey().isEmpty());
        assertTrue(config.server().access().corsOrigins().isEmpty());
        assertEquals(Config.of("0.6b-base"), config);
    }

    @Test
    void aSectionOrSettingLeftBlankIsAsIfItWereNotThere() {
        Config blank = Config.parse("""
                model_settings: {model_path: x, device: }
                inference_settings:
                voice_cloning:
                  reference_audio: ""
                  prompt_text:
                server: ~
                """, FILE);
        assertEquals(Config.of("x"), blank);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: 1 | unknown setting: file=/etc/qwen3tts/config.yaml, line=1, column=1, setting=a;",
                "model_settings:\\n  model_path: x\\n  precison: int8 | line=3, column=3, setting=model_settings.precison; did you mean precision?",
                "model_settings:\\n  model_path: x\\n  precision: int7 | wrong value: file=/etc/qwen3tts/config.yaml, line=3, column=14, setting=model_settings.precision, expected=one of auto, fp32, bf16, int8, int4, int8+int8codec, int4+int8codec, actual=int7",
                "model_settings:\\n  model_path: x\\n  device: tpu | line=3, column=11, setting=model_settings.device, expected=auto, cpu, cuda or cuda:N, actual=tpu",
                "model_settings: {model_path: 6} | line=1, column=30, setting=model_settings.model_path, expected=text",
                "model_settings: {model_path: [x]} | line=1, column=30",
                "model_settings: {} | setting is missing: file=/etc/qwen3tts/config.yaml, line=1, column=17, setting=model_settings.model_path",
                "model_settings: x | section must hold settings: file=/etc/qwen3tts/config.yaml, line=1, column=17, section=model_settings",
                "inference_settings:\\n  streaming: yes please | line=2, column=14, setting=inference_settings.streaming, expected=true or false",
                "inference_settings: {sample_rate: 24000.5} | line=1, column=35, setting=inference_settings.sample_rate, expected=a whole number from 8000 to 48000, actual=24000.5",
                "inference_settings: {sample_rate: 4000} | actual=4000",
                "inference_settings: {sample_rate: 99999999999} | actual=99999999999",
                "inference_settings: {latency_mode: fast} | column=36, setting=inference_settings.latency_mode, expected=one of low, ultra_low",
                "voice_cloning: {prompt_text: hi} | column=30, setting=voice_cloning.prompt_text, expected=the transcript of a reference_audio, which is missing",
                "server: {cors_origins: https://a} | column=24, setting=server.cors_origins, expected=a list of texts",
                "server: {voice_aliases: {alloy: 1}} | column=25, setting=server.voice_aliases",
                "server: {port: 8000, port: 8001} | setting stands twice: file=/etc/qwen3tts/config.yaml, line=1, column=22, setting=port",
                "server: {api_key: short} | column=19, setting=server.api_key, expected=at least 8 printable ASCII characters without blanks, actual=(not shown)",
                "server: {host: &a x, api_key: *a} | aliases are not supported; write the value out: file=/etc/qwen3tts/config.yaml, line=1, column=31",
                "server: [ | not valid YAML: file=/etc/qwen3tts/config.yaml, line=",
                "--- {} \\n--- {} | a configuration is one YAML document: file=/etc/qwen3tts/config.yaml, line=2",
            })
    void saysWhereItIsWrongAndWhatWouldBeRight(String yaml, String message) {
        String withModel = yaml.replace("\\n", "\n");
        if (!withModel.startsWith("model_settings") && !withModel.startsWith("---")) {
            withModel = withModel + "\nmodel_settings: {model_path: x}\n";
        }
        String text = withModel;
        String actual = assertThrows(InvalidRequestException.class, () -> Config.parse(text, FILE))
                .getMessage();
        assertTrue(actual.contains(message), actual);
    }

    @Test
    void anEmptyFileLacksItsModel() {
        String message = assertThrows(InvalidRequestException.class, () -> Config.parse("", FILE))
                .getMessage();
        assertTrue(message.contains("setting is missing") && message.contains("model_settings.model_path"), message);
    }

    @Test
    void aDirectoryIsFoundBesideTheFile(@TempDir Path folder) throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Path file = Files.writeString(folder.resolve("config.yaml"), "model_settings: {model_path: ./model}");
        assertEquals(model.toString(), Config.read(file).model().modelPath());
    }

    @Test
    void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
        Path file = folder.resolve("none.yaml");
        String message = assertThrows(InvalidRequestException.class, () -> Config.read(file))
                .getMessage();
        assertTrue(message.contains(file.toString()), message);
    }

    @Test
    void whatIsLoggedHoldsNeitherKeyNorTranscript() {
        String logged = Config.parse(AS_USERS_WRITE_IT, FILE).toString();
        assertFalse(logged.contains("correct-horse"), logged);
        assertFalse(logged.contains("こんにちは"), logged);
        assertTrue(logged.contains("apiKey=set"), logged);
        assertTrue(logged.contains("6 characters"), logged);
        assertTrue(logged.contains("maxConcurrent=2"), logged);
    }

    @ParameterizedTest
    @ValueSource(strings = {"low", "ultra_low", "balanced", "normal", "throughput", "high", "LOW"})
    void everyLatencyModeHasItsChunks(String word) {
        Config config =
                Config.parse("model_settings: {model_path: x}\ninference_settings: {latency_mode: " + word + "}", FILE);
        assertTrue(config.inference().latencyMode().chunks().first() >= 1);
    }
}
