package io.github.qwen3tts.audio.internal.wav;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.qwen3tts.audio.AudioFormatException;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.Soak;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WavReaderFuzzTest {

    private static final long SEED = Soak.seed(20_250_612);
    private static final int FILES = Soak.cases(600);
    /** A 64 KiB block, a first array of as many samples (8-bit becomes float: times four), and the strings around. */
    private static final long FIXED_BYTES = 1 << 20;

    @Test
    void mutatedFilesGiveAudioOrTheTypedErrorInBoundedMemory() {
        Random random = new Random(SEED);
        List<byte[]> originals = originals(random);
        int[] outcomes = new int[2];
        // Not a speed check: it turns an endless loop into a failure.
        assertTimeoutPreemptively(Duration.ofMinutes(Soak.cases(2)), () -> {
            for (int i = 0; i < FILES; i++) {
                byte[] file = mutated(originals.get(i % originals.size()), random);
                long before = allocated();
                outcomes[read(file, i)]++;
                long bytes = allocated() - before;
                long allowed = FIXED_BYTES + 16L * file.length;
                int number = i;
                assertTrue(bytes <= allowed, () -> "file " + number + " of seed " + SEED + " took " + bytes + " bytes");
            }
        });
        assertTrue(outcomes[0] > FILES / 10 && outcomes[1] > FILES / 10, Arrays.toString(outcomes));
    }

    /** 0 if the file was read, 1 if it was refused. */
    private static int read(byte[] file, int number) throws Exception {
        try {
            Pcm audio = number % 2 == 0 ? WavReader.read(file) : WavReader.read(new ByteArrayInputStream(file));
            assertTrue(audio.samples().length <= file.length);
            for (float sample : audio.samples()) {
                assertTrue(Float.isFinite(sample));
            }
            return 0;
        } catch (AudioFormatException e) {
            assertTrue(e.getMessage().matches("(?s).+: source=.+, expected=.+, actual=.+"), e.getMessage());
            return 1;
        }
    }

    private static List<byte[]> originals(Random random) {
        byte[] audio = new byte[960];
        random.nextBytes(audio);
        List<byte[]> files = new ArrayList<>();
        for (int bits = 8; bits <= 32; bits += 8) {
            files.add(new WavBytes()
                    .format(WavBytes.PCM, 2, 44_100, bits)
                    .chunk("LIST", new byte[11])
                    .chunk("data", audio)
                    .build());
        }
        files.add(new WavBytes()
                .format(WavBytes.FLOAT, 1, 24_000, 32)
                .chunk("data", -1, new byte[1000])
                .build());
        files.add(new WavBytes()
                .extensible(WavBytes.PCM, 6, 48_000, 16, 16)
                .chunk("data", audio)
                .build());
        files.add(new WavBytes()
                .magic("RF64")
                .riffSize(-1)
                .chunk("ds64", WavBytes.little(28).putLong(1100).putLong(960).array())
                .format(WavBytes.PCM, 1, 24_000, 16)
                .chunk("data", -1, audio)
                .build());
        return files;
    }

    /** Up to four edits, most of them in the first 80 bytes, where the headers are. */
    private static byte[] mutated(byte[] original, Random random) {
        byte[] file = original.clone();
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            int at = random.nextInt(Math.min(file.length, random.nextInt(4) == 0 ? file.length : 80));
            switch (random.nextInt(5)) {
                case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> file[at] = (byte) random.nextInt();
                case 2 -> Arrays.fill(file, at, Math.min(file.length, at + 4), (byte) (random.nextBoolean() ? -1 : 0));
                case 3 -> file = Arrays.copyOf(file, 1 + random.nextInt(file.length));
                default -> {
                    int count = (file.length - at) / 8;
                    System.arraycopy(file, random.nextInt(file.length - count), file, at, count);
                }
            }
        }
        return file;
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
