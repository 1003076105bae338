package io.github.qwen3tts.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.CacheDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models on their way from a jar into a directory. The time limit only guards against waiting for ever. */
@Timeout(120)
class UnpackedModelsTest {

    @TempDir
    Path cache;

    private final Map<String, byte[]> files = ZippedModel.files(7);
    private final ZippedModel model = new ZippedModel("some", files);

    private Path unpack() throws IOException {
        return new UnpackedModels(cache).directory(model);
    }

    private void assertWhole(Path directory) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            assertArrayEquals(file.getValue(), Files.readAllBytes(directory.resolve(file.getKey())), file.getKey());
        }
    }

    private List<String> cached() throws IOException {
        try (Stream<Path> all = Files.list(cache)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private String whole() {
        return "some-" + model.sha256().substring(0, 16);
    }

    @Test
    void theFirstUseUnpacksAndTheNextOneFindsIt() throws IOException {
        Path directory = unpack();
        assertWhole(directory);
        assertEquals(directory, unpack());
        assertEquals(1, model.openings.get());
        assertEquals(List.of(whole(), "unpack.lock"), cached());
    }

    @Test
    void anotherContentHasAnotherDirectory() throws IOException {
        Path directory = unpack();
        ZippedModel newer = new ZippedModel("some", ZippedModel.files(8));
        Path other = new UnpackedModels(cache).directory(newer);
        assertFalse(directory.equals(other));
        assertWhole(directory);
        assertEquals("{\"seed\": 8}", Files.readString(other.resolve("config.json")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bit", "short", "long", "missing", "list", "shortList", "noList"})
    void whatIsDamagedIsUnpackedAgain(String damage) throws IOException {
        Path directory = unpack();
        Path weights = directory.resolve("speech_tokenizer/model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Path list = directory.resolve("unpacked.txt");
        switch (damage) {
            case "bit" -> {
                bytes[1_234_567] ^= 4;
                Files.write(weights, bytes);
            }
            case "short" -> Files.write(weights, Arrays.copyOf(bytes, bytes.length - 1));
            case "long" -> Files.write(weights, Arrays.copyOf(bytes, bytes.length + 1));
            case "missing" -> Files.delete(weights);
            case "list" -> Files.writeString(list, "\0\n".repeat(9));
            case "shortList" -> {
                Files.delete(directory.resolve("config.json"));
                List<String> lines = Files.readAllLines(list);
                Files.write(
                        list,
                        lines.stream().filter(line -> !line.contains("config")).toList());
            }
            default -> Files.delete(list);
        }
        assertEquals(directory, unpack());
        assertWhole(directory);
        assertEquals(2, model.openings.get());
        assertEquals(List.of(whole(), "unpack.lock"), cached(), "nothing of the damaged one is left");
    }

    @Test
    void leftoversOfKilledProcessesAreCleaned() throws IOException {
        Files.createDirectories(cache.resolve("some-0123456789abcdef.partial/speech_tokenizer"));
        Files.writeString(cache.resolve("some-0123456789abcdef.partial/speech_tokenizer/config.json"), "{");
        Files.createDirectories(cache.resolve(whole() + ".partial"));
        Files.createDirectories(cache.resolve(whole() + "-damaged.partial"));
        assertWhole(unpack());
        assertEquals(List.of(whole(), "unpack.lock"), cached());
    }

    @Test
    void manyThreadsAtOnceUnpackItOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (Future<Path> directory : threads.invokeAll(Collections.nCopies(8, (Callable<Path>) this::unpack))) {
                assertWhole(directory.get());
            }
            assertEquals(1, model.openings.get());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void manyProcessesAtOnceUnpackItOnce() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(start(Map.of("XDG_CACHE_HOME", cache.toString()), List.of()));
        }
        int openings = 0;
        for (Process process : processes) {
            Output output = Output.of(process);
            assertEquals(0, output.status, output.text);
            openings += Integer.parseInt(output.line("openings"));
            assertEquals(cache.resolve("qwen3tts/models").resolve(whole()).toString(), output.line("directory"));
        }
        assertEquals(1, openings);
        assertWhole(cache.resolve("qwen3tts/models").resolve(whole()));
    }

    /** Wherever it is killed, what is left is either whole or not trusted. */
    @Test
    void aProcessKilledAtAnyMomentLeavesNothingThatIsTrusted() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path models = cache.resolve("qwen3tts/models");
        int partial = 0;
        for (int i = 0; i < 12; i++) {
            Process process = start(Map.of("XDG_CACHE_HOME", cache.toString()), List.of());
            Path growing = models.resolve(whole() + ".partial/model.safetensors");
            while (process.isAlive() && !Files.exists(growing)) {
                Thread.onSpinWait();
            }
            process.waitFor(random.nextInt(40), TimeUnit.MILLISECONDS); // a random moment, not a timing
            process.destroyForcibly().waitFor();
            if (Files.exists(models.resolve(whole() + ".partial"))) {
                partial++;
            }
            if (Files.exists(models.resolve(whole()))) {
                assertWhole(models.resolve(whole()));
                CacheDirectory.deleteQuietly(models.resolve(whole()));
            }
        }
        assertTrue(partial > 0, "no process was killed in the middle: seed=" + seed);
        Path directory = new UnpackedModels(models).directory(model);
        assertWhole(directory);
        try (Stream<Path> left = Files.list(models)) {
            assertEquals(2, left.count(), "the model and the lock: seed=" + seed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unwritable", "noHome", "emptyVariable"})
    void withoutACacheDirectoryAProcessHasOneOfItsOwnAndSaysWhyOnce(String trouble) throws Exception {
        Path file = Files.writeString(cache.resolve("file"), "no directory");
        Process process = switch (trouble) {
            case "unwritable" -> start(Map.of("XDG_CACHE_HOME", file.toString()), List.of());
            case "noHome" -> start(Map.of(), List.of("-Duser.home=?"));
            default -> start(Map.of("XDG_CACHE_HOME", ""), List.of("-Duser.home=?"));
        };
        Output output = Output.of(process);
        assertEquals(0, output.status, output.text);
        assertEquals("true", output.line("whole"));
        assertEquals("1", output.line("openings"), "the second use finds it");
        Path directory = Path.of(output.line("directory"));
        assertFalse(Files.exists(directory), "it goes with the process");
        assertFalse(Files.exists(directory.getParent().getParent()), "and all above it");
        List<String> warnings =
                output.text.lines().filter(line -> line.startsWith("WARNING")).toList();
        assertEquals(1, warnings.size(), output.text);
        assertTrue(
                warnings.get(0).contains(trouble.equals("unwritable") ? file.toString() : "user.home=?"), output.text);
    }

    /** So that an image that root has warmed up serves another user, too. */
    @Test
    void filesHaveThePermissionsOfAnyOtherFile() throws IOException {
        Assumptions.assumeTrue(Files.getFileStore(cache).supportsFileAttributeView("posix"));
        Path file = Files.createFile(cache.resolve("file"));
        Path folder = Files.createDirectory(cache.resolve("folder"));
        Set<PosixFilePermission> ofFiles = Files.getPosixFilePermissions(file);
        Set<PosixFilePermission> ofFolders = Files.getPosixFilePermissions(folder);
        try (Stream<Path> all = Files.walk(unpack())) {
            for (Path path : all.toList()) {
                assertEquals(
                        Files.isDirectory(path) ? ofFolders : ofFiles, Files.getPosixFilePermissions(path), path + "");
            }
        }
    }

    @Test
    void aDamagedArchiveIsRefusedAndLeavesNothing() throws IOException {
        byte[] archive = ZippedModel.zip(files);
        byte[] changed = archive.clone();
        changed[archive.length / 2] ^= 1;
        byte[] cut = Arrays.copyOf(archive, archive.length / 2);
        byte[] other = ZippedModel.zip(ZippedModel.files(8));
        for (byte[] bytes : List.of(changed, cut, other, new byte[0])) {
            ZippedModel broken = new ZippedModel("some", bytes, ZippedModel.sha256(archive));
            String message = assertThrows(ModelLoadException.class, () -> new UnpackedModels(cache).directory(broken))
                    .getMessage();
            assertTrue(message.startsWith("the archive of a model is damaged: model=some, "), message);
            assertEquals(List.of("unpack.lock"), cached());
        }
    }

    @Test
    void filesOfAnArchiveStayBelowTheirDirectory() {
        ZippedModel outside = new ZippedModel("some", Map.of("../outside", new byte[1]));
        String message = assertThrows(ModelLoadException.class, () -> new UnpackedModels(cache).directory(outside))
                .getMessage();
        assertTrue(message.contains("../outside"), message);
        assertFalse(Files.exists(cache.resolve("outside")));
    }

    private static Process start(Map<String, String> environment, List<String> options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.util.logging.SimpleFormatter.format=%4$s %5$s%n");
        options.stream().filter(option -> option.startsWith("-")).forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), UnpackProgram.class.getName()));
        options.stream().filter(option -> !option.startsWith("-")).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(Set.of("XDG_CACHE_HOME", "LOCALAPPDATA"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** What another process said. */
    private record Output(int status, String text) {

        static Output of(Process process) throws IOException, InterruptedException {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text);
        }

        String line(String name) {
            return text.lines()
                    .filter(line -> line.startsWith(name + "="))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(text));
        }
    }

    /** What another process runs: it unpacks the same model, twice, and says where. */
    static final class UnpackProgram {
        private UnpackProgram() {}

        public static void main(String[] args) throws IOException {
            ZippedModel model = new ZippedModel("some", ZippedModel.files(7));
            UnpackedModels.directoryOf(model);
            Path directory = UnpackedModels.directoryOf(model);
            System.out.println("directory=" + directory);
            System.out.println("openings=" + model.openings);
            System.out.println("whole="
                    + Arrays.equals(
                            ZippedModel.files(7).get("model.safetensors"),
                            Files.readAllBytes(directory.resolve("model.safetensors"))));
        }
    }
}
