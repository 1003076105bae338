package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.DeviceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernels that were compiled elsewhere. */
class KernelBinariesTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        for (String architecture : new String[] {"sm_80", "sm_86", "sm_90"}) {
            for (String file : KernelSources.FILES) {
                Files.writeString(directory.resolve(file + "." + architecture + ".cubin"), file + architecture);
            }
        }
    }

    private static DeviceProperties card(int major, int minor) {
        return new DeviceProperties("a card", major, minor, 100, 80L << 30, 100_000, 12_090);
    }

    @ParameterizedTest
    @CsvSource({"8, 0, sm_80", "8, 6, sm_86", "8, 9, sm_86", "9, 0, sm_90"})
    void aCardGetsItsOwnOrTheNearestOlderOfItsGeneration(int major, int minor, String architecture) {
        Map<String, byte[]> binaries = KernelBinaries.supplied(directory, card(major, minor));
        assertEquals(KernelSources.FILES.size(), binaries.size());
        binaries.forEach(
                (file, binary) -> assertArrayEquals((file + architecture).getBytes(StandardCharsets.US_ASCII), binary));
    }

    @Test
    void anotherGenerationIsRefusedWithHowToCompileForIt() {
        String message = assertThrows(DeviceException.class, () -> KernelBinaries.supplied(directory, card(12, 1)))
                .getMessage();
        assertTrue(message.contains("computeCapability=12.1; compile it with nvcc -cubin "), message);
        assertTrue(message.contains("-arch=sm_121, or drop -Dqwen3tts.cubins"), message);
    }

    @Test
    void kernelsOfThisVersionAreTakenAndThoseOfAnotherRefused() throws IOException {
        Path fingerprint = directory.resolve("sources.sha256");
        Files.writeString(fingerprint, KernelSources.fingerprint() + "\n");
        assertEquals(
                KernelSources.FILES.size(),
                KernelBinaries.supplied(directory, card(9, 0)).size());
        Files.writeString(fingerprint, "0123abcd");
        String message = assertThrows(DeviceException.class, () -> KernelBinaries.supplied(directory, card(9, 0)))
                .getMessage();
        assertTrue(message.contains("supplied kernels are of another version: file=" + fingerprint), message);
        assertTrue(message.contains("found=0123abcd, expected=" + KernelSources.fingerprint()), message);
        assertTrue(message.contains("compile them again, or drop -Dqwen3tts.cubins"), message);
    }
}
