package io.github.qwen3tts.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.CacheDirectory;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundledModelsTest {

    @TempDir
    Path folder;

    private final ZippedModel one = new ZippedModel("some", Map.of("config.json", new byte[] {1}));
    private final ZippedModel two = new ZippedModel("some", Map.of("config.json", new byte[] {2}));

    /** A hub whose network would be asked in vain. */
    private ModelHub hub() {
        return new ModelHub(HubOptions.from(
                Map.of("HF_ENDPOINT", "http://127.0.0.1:1", "HF_HUB_CACHE", folder.toString(), "HF_HUB_OFFLINE", "1")));
    }

    /** Runs with a class path entry that names a model. */
    private void withService(String className, Runnable action) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(BundledModel.class.getName()), className);
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            action.run();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void aJarThatNamesAModelIsEnough() throws IOException {
        assertTrue(ModelHub.bundled("found").isEmpty());
        withService(ZippedModel.Found.class.getName(), () -> {
            assertEquals("found", ModelHub.bundled("FOUND").orElseThrow().name());
            assertEquals("random bytes", ModelHub.bundled("found").orElseThrow().description());
        });
    }

    @Test
    void aJarThatNamesNoModelIsRefusedWithItsName() throws IOException {
        withService("no.such.Model", () -> {
            String message = assertThrows(ModelLoadException.class, () -> ModelHub.bundled("found"))
                    .getMessage();
            assertTrue(message.contains("no.such.Model"), message);
        });
    }

    @Test
    void differentModelsOfOneNameAreRefusedWithBothJars() {
        assertSame(one, BundledModels.find("some", List.of(one, one)).orElseThrow());
        String message = assertThrows(ModelLoadException.class, () -> BundledModels.find("some", List.of(one, two)))
                .getMessage();
        assertEquals(2, message.split("test-classes", -1).length - 1, message);
        assertTrue(BundledModels.find("other", List.of(one, two)).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Demo", "../demo", "a b", "owner/name", "."})
    void namesThatCouldNotBecomeAPathAreRefused(String name) {
        ZippedModel model = new ZippedModel(name, Map.of());
        assertThrows(ModelLoadException.class, () -> BundledModels.checked(model));
        assertSame(one, BundledModels.checked(one));
    }

    @Test
    void aCheckpointOfTheNameComesFirstAndAnotherFolderDoesNot() throws IOException {
        Path mine = Files.createDirectories(folder.resolve("found"));
        assertEquals(mine, hub().resolve(mine.toString()), "a path is no name");
        Path here = Path.of("found");
        assertFalse(Files.exists(here), "the test's own");
        withService(ZippedModel.Found.class.getName(), () -> {
            try {
                Files.createDirectory(here);
                assertTrue(Files.exists(hub().resolve("found").resolve("unpacked.txt")));
                Files.writeString(here.resolve("config.json"), "{}");
                assertEquals(here, hub().resolve("found"));
            } catch (IOException e) {
                throw new AssertionError(e);
            } finally {
                CacheDirectory.deleteQuietly(here);
            }
        });
    }

    @Test
    void theDemoVoiceIsRefusedWithItsCoordinatesWhereItsJarIsMissing() {
        String message = assertThrows(InvalidRequestException.class, () -> hub().resolve("demo"))
                .getMessage();
        assertTrue(message.contains("io.github.qwen3tts:qwen3tts-demo-voice"), message);
    }
}
