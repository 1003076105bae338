package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.DeviceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Needs org.bytedeco:cuda-redist on the class path, but no GPU. */
class NvrtcTest {

    @BeforeAll
    static void load() {
        try {
            Nvrtc.load();
        } catch (LinkageError e) {
            Assumptions.abort("NVRTC is not on the class path of the tests: " + e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sm_80", "sm_90", "sm_120"})
    void compilesEveryKernelFile(String architecture, @TempDir Path cache) {
        Map<String, byte[]> binaries =
                KernelBinaries.compiled(new KernelCache(cache), KernelSources.FILES, architecture);
        assertEquals(KernelSources.FILES.size(), binaries.size());
        binaries.forEach((file, binary) -> {
            assertEquals(0x7f, binary[0], file + " is no ELF file");
            assertEquals('E', binary[1]);
        });
    }

    @Test
    void anUnknownCardGetsPortableCode() {
        DeviceProperties card = new DeviceProperties("tomorrow's", 19, 9, 1, 1, 1, 13_000);
        String architecture = Nvrtc.architecture(card);
        assertTrue(architecture.startsWith("compute_"), architecture);
        byte[] ptx = Nvrtc.compile(
                "rvq_lookup.cu",
                KernelSources.source("rvq_lookup"),
                KernelSources.headers(),
                architecture,
                KernelSources.OPTIONS);
        assertTrue(new String(ptx, java.nio.charset.StandardCharsets.US_ASCII).contains(".entry rvq_lookup"));
        assertEquals("sm_90", Nvrtc.architecture(new DeviceProperties("a card", 9, 0, 1, 1, 1, 12_090)));
    }

    @Test
    void theCompilersWordsAreInTheError() {
        DeviceException e = assertThrows(
                DeviceException.class,
                () -> Nvrtc.compile("wrong.cu", "int x = \"text\";", Map.of(), "sm_80", List.of()));
        assertTrue(e.getMessage().contains("file=wrong.cu"), e.getMessage());
        assertTrue(e.getMessage().contains("wrong.cu(1): error"), e.getMessage());
    }
}
