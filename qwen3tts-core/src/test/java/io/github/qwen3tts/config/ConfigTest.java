package io.github.qwen3tts.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
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

            player:
              loudness: 9_0
              token: "correct-horse-battery"
              rooms: ["kitchen", "hall"]
              nicknames:
                alloy: cloned_voice
              cache: cache
            """;

    private static final Setting<Integer> LOUDNESS =
            Setting.integer("loudness", 0, 100, "Of it.").withDefault(50);
    private static final Setting<String> TOKEN = Setting.pattern(
                    "token", Pattern.compile("\\S{8,}"), "at least 8 characters without blanks", "Of it.")
            .secret();
    private static final Setting<List<String>> ROOMS =
            Setting.list("rooms", "Of it.").withDefault(List.of());
    private static final Setting<Map<String, String>> NICKNAMES =
            Setting.map("nicknames", "Of it.").withDefault(Map.of());
    private static final Setting<Path> CACHE = Setting.path("cache", "Of it.");

    /** A section of another program than the library. */
    private static final Section PLAYER =
            Section.of("player", "For the player.", LOUDNESS, TOKEN, ROOMS, NICKNAMES, CACHE);

    private static Config parse(String yaml) {
        return Config.parse(yaml, FILE, PLAYER);
    }

    private static String refusal(Executable reading) {
        return assertThrows(InvalidRequestException.class, reading).getMessage();
    }

    @Test
    void readsWhatUsersWrite() {
        Config config = parse(AS_USERS_WRITE_IT);
        assertEquals("Qwen/Qwen3-TTS-12Hz-1.7B-Base", config.model().modelPath());
        assertEquals("cuda", config.model().device());
        assertEquals(Precision.BF16, config.model().precision());
        assertTrue(config.inference().streaming());
        assertEquals(ChunkSchedule.FIRST_AUDIO, config.inference().chunks());
        assertEquals(24_000, config.inference().sampleRateHz());
        assertEquals(Optional.of(Path.of("/etc/qwen3tts/voices/me.wav")), config.referenceAudio());
        assertEquals(Optional.of("こんにちは。"), config.promptText());
        assertEquals(90, config.get(LOUDNESS));
        assertEquals(Optional.of("correct-horse-battery"), config.find(TOKEN));
        assertEquals(List.of("kitchen", "hall"), config.get(ROOMS));
        assertEquals(Map.of("alloy", "cloned_voice"), config.get(NICKNAMES));
        assertEquals(Optional.of(Path.of("/etc/qwen3tts/cache")), config.find(CACHE));
    }

    @Test
    void onlyTheModelMustBeNamed() {
        Config config = parse("model_settings: {model_path: 0.6b-base}");
        assertEquals("0.6b-base", config.model().modelPath());
        assertEquals("auto", config.model().device());
        assertEquals(Precision.AUTO, config.model().precision());
        assertTrue(config.inference().streaming());
        assertEquals(ChunkSchedule.FIRST_AUDIO, config.inference().chunks());
        assertEquals(24_000, config.inference().sampleRateHz());
        assertTrue(config.referenceAudio().isEmpty() && config.promptText().isEmpty());
        assertEquals(50, config.get(LOUDNESS));
        assertTrue(config.find(TOKEN).isEmpty() && config.find(CACHE).isEmpty());
        assertEquals(Config.of("0.6b-base", PLAYER), config);
        assertEquals(Config.of("0.6b-base", PLAYER), Config.of("x", PLAYER).withModel("0.6b-base"));
        assertNotEquals(Config.of("x", PLAYER), config);
    }

    @Test
    void aSectionOrSettingLeftBlankIsAsIfItWereNotThere() {
        Config blank = parse("""
                model_settings: {model_path: x, device: }
                inference_settings:
                voice_cloning:
                  reference_audio: ""
                  prompt_text:
                player: ~
                server: ~
                """);
        assertEquals(Config.of("x", PLAYER), blank);
    }

    @Test
    void theServersSectionMayBeThereWhoeverReads() {
        Config config = parse("model_settings: {model_path: x}\nserver: {port: 8000, whatever: [1, {a: b}]}");
        assertEquals(Config.of("x", PLAYER), config);
        String message = refusal(() -> parse("model_settings: {model_path: x}\nserver: 8000"));
        assertTrue(
                message.startsWith("section must hold settings: file=/etc/qwen3tts/config.yaml, line=2, column=9"),
                message);
    }

    @Test
    void aSectionThatNobodyReadsIsRefusedAndSoIsAMisspelledOne() {
        String player = refusal(() -> Config.parse(AS_USERS_WRITE_IT, FILE));
        assertTrue(player.contains("line=16, column=1, setting=player; known here: model_settings,"), player);
        String sever = refusal(() -> parse("model_settings: {model_path: x}\nsever: {port: 8000}"));
        assertTrue(sever.contains("line=2, column=1, setting=sever; did you mean server?"), sever);
    }

    @Test
    void aSettingIsFoundOnlyIfItsSectionWasRead() {
        Config config = Config.of("x");
        String message = assertThrows(IllegalArgumentException.class, () -> config.find(LOUDNESS))
                .getMessage();
        assertTrue(message.contains("setting=loudness; pass its section to Config.read"), message);
        Config read = Config.of("x", PLAYER);
        assertThrows(IllegalArgumentException.class, () -> read.get(CACHE), "there is neither value nor default");
    }

    @Test
    void aSectionIsDeclaredOnce() {
        Section again = Section.of("model_settings", "Of another.", LOUDNESS);
        assertThrows(IllegalArgumentException.class, () -> Config.of("x", again));
        assertThrows(IllegalArgumentException.class, () -> Config.of("x", PLAYER, PLAYER));
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
                "player: {rooms: hall} | column=17, setting=player.rooms, expected=a list of texts",
                "player: {nicknames: {alloy: 1}} | column=21, setting=player.nicknames",
                "player: {loudness: 80, loudness: 81} | setting stands twice: file=/etc/qwen3tts/config.yaml, line=1, column=24, setting=loudness",
                "player: {token: short} | column=17, setting=player.token, expected=at least 8 characters without blanks, actual=(not shown)",
                "player: {cache: &a x, token: *a} | aliases are not supported; write the value out: file=/etc/qwen3tts/config.yaml, line=1, column=30",
                "player: {cache: 7} | column=17, setting=player.cache, expected=a path, actual=7",
                "player: {cache: \"a\\0\"} | column=17, setting=player.cache, expected=a path",
                "server: [ | not valid YAML: file=/etc/qwen3tts/config.yaml, line=",
                "--- {} \\n--- {} | a configuration is one YAML document: file=/etc/qwen3tts/config.yaml, line=2",
            })
    void saysWhereItIsWrongAndWhatWouldBeRight(String yaml, String message) {
        String withModel = yaml.replace("\\n", "\n");
        if (!withModel.startsWith("model_settings") && !withModel.startsWith("---")) {
            withModel = withModel + "\nmodel_settings: {model_path: x}\n";
        }
        String text = withModel;
        String actual = refusal(() -> parse(text));
        assertTrue(actual.contains(message), actual);
    }

    @Test
    void anEmptyFileLacksItsModel() {
        String message = refusal(() -> parse(""));
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
        String message = refusal(() -> Config.read(file));
        assertTrue(message.contains(file.toString()), message);
    }

    @Test
    void whatIsLoggedHoldsNeitherKeyNorTranscript() {
        String logged = parse(AS_USERS_WRITE_IT).toString();
        assertFalse(logged.contains("correct-horse"), logged);
        assertFalse(logged.contains("こんにちは"), logged);
        assertTrue(logged.contains("prompt_text=(set)"), logged);
        assertTrue(logged.contains("player={loudness=90, token=(set), rooms=[kitchen, hall]"), logged);
    }

    @ParameterizedTest
    @ValueSource(strings = {"low", "ultra_low", "balanced", "normal", "throughput", "high", "LOW"})
    void everyLatencyModeHasItsChunks(String word) {
        Config config = parse("model_settings: {model_path: x}\ninference_settings: {latency_mode: " + word + "}");
        assertTrue(config.inference().chunks().first() >= 1);
    }
}
