package io.github.qwen3tts.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.internal.ProgressListeners;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubOptionsTest {

    @TempDir
    Path home;

    private HubOptions from(String... namesAndValues) {
        Map<String, String> env = new HashMap<>(Map.of("HOME", home.toString()));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            env.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return HubOptions.from(env);
    }

    @Test
    void anEmptyEnvironmentMeansThePublicHubAndTheUsualCache() {
        assertEquals(
                new HubOptions(
                        URI.create("https://huggingface.co"),
                        home.resolve(".cache/huggingface/hub"),
                        Optional.empty(),
                        false,
                        "main",
                        HubOptions.CHECKPOINT_FILES,
                        ProgressListeners.LOGGED),
                from());
    }

    @Test
    void theCacheIsFoundAsThePythonClientFindsIt() {
        assertEquals(Path.of("/x/huggingface/hub"), from("XDG_CACHE_HOME", "/x").cache());
        assertEquals(
                Path.of("/y/hub"), from("XDG_CACHE_HOME", "/x", "HF_HOME", "/y").cache());
        assertEquals(
                Path.of("/z"),
                from("HF_HOME", "/y", "HUGGINGFACE_HUB_CACHE", "/z").cache());
        assertEquals(
                Path.of("/w"),
                from("HUGGINGFACE_HUB_CACHE", "/z", "HF_HUB_CACHE", "/w").cache());
        assertEquals(home.resolve("models"), from("HF_HUB_CACHE", "~/models").cache());
        assertEquals(home.resolve("hub"), from("HF_HOME", "~").cache());
        assertEquals(
                Path.of("/y/hub"), from("HF_HOME", "/y", "HF_HUB_CACHE", " ").cache());
    }

    @Test
    void theTokenComesFromTheVariableOrElseFromItsFile() throws IOException {
        Files.createDirectories(home.resolve(".cache/huggingface"));
        Files.writeString(home.resolve(".cache/huggingface/token"), "hf_file\n");
        assertEquals(Optional.of("hf_file"), from().token());
        assertEquals(Optional.of("hf_variable"), from("HF_TOKEN", "hf_variable").token());
        assertEquals(
                Optional.empty(), from("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1").token());
        Path other = Files.writeString(home.resolve("other"), "hf_other");
        assertEquals(
                Optional.of("hf_other"), from("HF_TOKEN_PATH", other.toString()).token());
    }

    @Test
    void theTokenIsNeverShown() {
        assertFalse(from("HF_TOKEN", "hf_secret").toString().contains("hf_secret"));
        InvalidRequestException refused =
                assertThrows(InvalidRequestException.class, () -> from("HF_TOKEN", "hf_secret\nx"));
        assertFalse(refused.getMessage().contains("hf_secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "YES", "On"})
    void offlineIsWhatThePythonClientTakesForTrue(String value) {
        assertTrue(from("HF_HUB_OFFLINE", value).offline());
        assertTrue(from("TRANSFORMERS_OFFLINE", value).offline());
        assertFalse(from("HF_HUB_OFFLINE", "0").offline());
    }

    @Test
    void anEndpointMayHaveAPathAndEndInASlash() {
        assertEquals(
                URI.create("https://mirror.example/hf"),
                from("HF_ENDPOINT", "https://mirror.example/hf//").endpoint());
    }

    @ParameterizedTest
    @ValueSource(strings = {"huggingface.co", "file:///x", "http:// x", "https:"})
    void anEndpointThatIsNoWebAddressIsRefused(String value) {
        assertThrows(InvalidRequestException.class, () -> from("HF_ENDPOINT", value));
    }
}
