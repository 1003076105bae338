package io.github.qwen3tts.internal.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.qwen3tts.Soak;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file of a kilobyte, damaged in 500 ways: tensors that lie in the file, or a refusal that names it. */
@Timeout(60) // a guard against endless loops, a hundred times what it takes
class SafetensorsFuzzTest {

    private static final int MUTATIONS = Soak.cases(500);

    /** Reading a kilobyte takes JSON buffers and a few maps; a length taken at its word would take gigabytes. */
    private static final long MAX_BYTES = 4 << 20;

    @TempDir
    private Path directory;

    @Test
    void damagedFilesAreReadOrRefusedInBoundedMemory() throws IOException {
        byte[] good = Files.readAllBytes(small(directory.resolve("good.safetensors")));
        Path file = directory.resolve("damaged.safetensors");
        open(Files.write(file, good)); // loads the classes
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int refused = 0;
        for (long seed = Soak.seed(0), end = seed + MUTATIONS; seed < end; seed++) {
            Files.write(file, mutate(good, new Random(seed)));
            long before = threads.getCurrentThreadAllocatedBytes();
            refused += open(file) ? 0 : 1;
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated <= MAX_BYTES, "seed " + seed + " allocated " + allocated);
        }
        assertTrue(refused > MUTATIONS / 4, "mutations do damage: refused=" + refused);
        assertTrue(refused < MUTATIONS, "some mutations are harmless: refused=" + refused);
    }

    /** False if the file is refused, which is always with a reason; all other outcomes are thrown. */
    private static boolean open(Path file) throws IOException {
        try {
            Safetensors read = Safetensors.open(file);
            for (String name : read.names()) {
                TensorInfo tensor = read.get(name);
                assertEquals(tensor.bytes(), Safetensors.map(tensor).remaining());
                if (tensor.type() == DataType.F32 || tensor.type() == DataType.BF16) {
                    assertEquals(tensor.elements(), Safetensors.readFloats(tensor).length);
                }
            }
            return true;
        } catch (InvalidSafetensorsException e) {
            assertNotNull(e.getMessage());
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
            return false;
        }
    }

    private static Path small(Path file) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt"))
                .declare("talker.norm.weight", DataType.F32, List.of(8L))
                .declare("talker.embedding.weight", DataType.BF16, List.of(4L, 5L))
                .declare("scalar", DataType.I64, List.of())
                .declare("empty", DataType.U8, List.of(0L, 3L));
        try (SafetensorsWriter.Output out = writer.create(file)) {
            out.write("talker.norm.weight", ByteBuffer.allocate(32));
        }
        return file;
    }

    /** One to three injuries: of bits, of length, of a number in the header, of the header's length. */
    private static byte[] mutate(byte[] good, Random random) {
        byte[] bytes = good.clone();
        for (int injuries = 1 + random.nextInt(3); injuries > 0 && bytes.length > 8; injuries--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes = Arrays.copyOf(bytes, at);
                case 2 -> bytes = splice(bytes, at, Math.min(bytes.length, at + random.nextInt(20)), new byte[0]);
                case 3 -> {
                    byte[] noise = new byte[random.nextInt(20)];
                    random.nextBytes(noise);
                    bytes = splice(bytes, at, at, noise);
                }
                case 4 -> bytes = otherNumber(bytes, at, random);
                default -> {
                    long length = random.nextBoolean() ? random.nextLong() : random.nextInt(2 * bytes.length);
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
                }
            }
        }
        return bytes;
    }

    /** The first number at or after a place becomes another one; the length before the header follows. */
    private static byte[] otherNumber(byte[] bytes, int from, Random random) {
        int begin = Math.max(8, from);
        while (begin < bytes.length && (bytes[begin] < '0' || bytes[begin] > '9')) {
            begin++;
        }
        int end = begin;
        while (end < bytes.length && bytes[end] >= '0' && bytes[end] <= '9') {
            end++;
        }
        long number = random.nextLong() >> random.nextInt(64);
        byte[] digits = Long.toString(number).getBytes(StandardCharsets.UTF_8);
        byte[] changed = splice(bytes, begin, end, digits);
        ByteBuffer header = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(0, header.getLong(0) + digits.length - (end - begin));
        return changed;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] insert) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(insert);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }
}
