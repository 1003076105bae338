package io.github.qwen3tts.internal.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.qwen3tts.Soak;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.api.VoiceTest;
import io.github.qwen3tts.api.Warning;
import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60) // a guard against endless loops, a hundred times what it takes
class VoiceFileTest {

    private static final int MUTATIONS = Soak.cases(500);

    /** Reading some kilobytes takes JSON buffers and a few arrays; a length taken at its word would take gigabytes. */
    private static final long MAX_ALLOCATED = 4 << 20;

    private static final Map<String, String> METADATA = Map.of(
            "qwen3tts_voice", "1",
            "model_type", "base",
            "model_size", "0b6",
            "checkpoint_fingerprint", "c0ffee",
            "created", "2026-01-02T03:04:05Z");

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("me.voice");
    }

    @Test
    void loadedVoiceIsTheSavedOne() throws IOException {
        ClonedVoice voice = ClonedVoice.of(
                        new float[] {1.5f, -2e-7f, 3e8f},
                        new int[] {0, 2047, 65_535, 7},
                        2,
                        "Grüße,\n\"你好\" 😀 \u0000",
                        VoiceTest.cloned(new float[1], new int[0], 0).origin())
                .withLanguage(Language.ENGLISH)
                .withCreated(Instant.EPOCH)
                .withConsent("mine")
                .withWarnings(List.of(Warning.REFERENCE_CLIPPED));
        voice.save(file);
        assertEquals(voice, Voice.load(file));
        voice.withoutReference().save(file);
        assertEquals(voice.withoutReference(), Voice.load(file), "an existing file is replaced");
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList(), "nothing else is left behind");
        }
    }

    @Test
    void tenSecondsInContextTakeLessThan60Kilobytes() throws IOException {
        large().save(file);
        assertTrue(Files.size(file) < 60_000, "bytes: " + Files.size(file));
    }

    /** 10.5 s of the larger model. */
    private static ClonedVoice large() {
        return VoiceTest.cloned(
                new float[2048], new Random(1).ints(132 * 16, 0, 2048).toArray(), 132);
    }

    @Test
    void savingIntoAMissingDirectoryFailsAndLeavesNothing() {
        Path missing = directory.resolve("missing/me.voice");
        assertThrows(IOException.class, () -> large().save(missing));
    }

    @Test
    void refusesWhatIsNoVoiceFileAndNamesIt() throws IOException {
        assertRefused("does not exist");
        Files.createDirectory(file);
        assertRefused("does not exist");
        Files.delete(file);
        Files.write(file, new byte[0]);
        assertRefused("too short");
        Files.write(file, new byte[2 << 20]);
        assertRefused("too large: bytes=2097152, maxBytes=1048576");
        Files.writeString(file, "RIFF....WAVE");
        assertRefused("header length out of range");
    }

    @Test
    void refusesTensorsAndNotesThatMakeNoVoice() throws IOException {
        write(METADATA, floats(1, 2));
        assertEquals(2, Voice.load(file).speakerVector().length);

        write(Map.of("format", "pt"), floats(1, 2));
        assertRefused("a safetensors file, but not of a voice");
        write(with("qwen3tts_voice", "2"), floats(1, 2));
        assertRefused("a format this release does not know");
        write(with("model_size", ""), floats(1, 2));
        assertRefused("metadata is missing: key=model_size");
        write(with("created", "yesterday"), floats(1, 2));
        assertRefused("yesterday");
        write(with("language", " "), floats(1, 2));
        assertRefused("language must be named");
        write(with("transcript", "words, but no codes"), floats(1, 2));
        assertRefused("a transcript goes with reference codes");
        write(METADATA, floats(1, Float.NaN));
        assertRefused("speaker vector must be finite");
        write(METADATA, floats());
        assertRefused("unexpected tensor: speaker_vector");
    }

    @Test
    void warningsOfLaterReleasesAreLeftOut() throws IOException {
        write(with("warnings", "REFERENCE_SINGS,REFERENCE_SHORT"), floats(1));
        assertEquals(List.of(Warning.REFERENCE_SHORT), Voice.load(file).warnings());
    }

    private void assertRefused(String why) {
        String message =
                assertThrows(ModelLoadException.class, () -> Voice.load(file)).getMessage();
        assertTrue(message.contains(why), message);
        assertTrue(message.contains(file.toString()), message);
    }

    private static Map<String, String> with(String key, String value) {
        Map<String, String> changed = new HashMap<>(METADATA);
        changed.put(key, value);
        return changed;
    }

    private static float[] floats(float... values) {
        return values;
    }

    private void write(Map<String, String> metadata, float[] vector) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        SafetensorsWriter writer =
                new SafetensorsWriter(metadata).declare("speaker_vector", DataType.F32, List.of((long) vector.length));
        try (SafetensorsWriter.Output out = writer.create(file)) {
            out.write("speaker_vector", bytes);
        }
    }

    @Test
    void damagedFilesAreReadOrRefusedInBoundedMemory() throws IOException {
        VoiceTest.cloned(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, new int[64], 4).save(file);
        byte[] good = Files.readAllBytes(file);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        load(); // loads the classes
        int refused = 0;
        for (long seed = Soak.seed(0), end = seed + MUTATIONS; seed < end; seed++) {
            Files.write(file, mutate(good, new Random(seed)));
            long before = threads.getCurrentThreadAllocatedBytes();
            refused += load() ? 0 : 1;
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated <= MAX_ALLOCATED, "seed " + seed + " allocated " + allocated);
        }
        assertTrue(refused > MUTATIONS / 4, "mutations do damage: refused=" + refused);
        assertTrue(refused < MUTATIONS, "some mutations are harmless: refused=" + refused);
    }

    /** False if the file is refused, which is always with a reason; all other outcomes are thrown. */
    private boolean load() throws IOException {
        try {
            ClonedVoice voice = Voice.load(file);
            Path copy = directory.resolve("copy.voice");
            voice.save(copy);
            assertEquals(voice, Voice.load(copy), "what is read is a whole voice");
            return true;
        } catch (ModelLoadException e) {
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
            return false;
        }
    }

    /** One to three injuries: of bits, of length, of digits, of the header's length. */
    private static byte[] mutate(byte[] good, Random random) {
        byte[] bytes = good.clone();
        for (int injuries = 1 + random.nextInt(3); injuries > 0 && bytes.length > 8; injuries--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length + 64));
                case 3 -> {
                    for (int i = at; i < bytes.length; i++) {
                        if (bytes[i] >= '0' && bytes[i] <= '9') {
                            bytes[i] = (byte) ('0' + random.nextInt(10));
                            break;
                        }
                    }
                }
                default -> {
                    long length = random.nextBoolean() ? random.nextLong() : random.nextInt(2 * bytes.length);
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
                }
            }
        }
        return bytes;
    }
}
