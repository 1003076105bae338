package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.CacheDirectory;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Why CUDA is off, on a machine that lacks one thing after the other. Each gets a class path and classes of its own. */
class CudaTest {

    private static URL url(String path) {
        try {
            return new File(path).toURI().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Asks for the status with those entries of the class path only. */
    private static String reasonWith(Predicate<String> entries) throws Exception {
        URL[] classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entries)
                .map(CudaTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            Class<?> options = loader.loadClass(CudaOptions.class.getName());
            Object card = options.getMethod("of", int.class, Path.class).invoke(null, 0, CacheDirectory.ofUser());
            Class<?> cuda = loader.loadClass(Cuda.class.getName());
            Object status = cuda.getMethod("status", options).invoke(null, card);
            String reason = (String) status.getClass().getMethod("reason").invoke(status);
            if (!(boolean) status.getClass().getMethod("available").invoke(status)) {
                InvocationTargetException refused = assertThrows(
                        InvocationTargetException.class,
                        () -> cuda.getMethod("open", options).invoke(null, card));
                assertEquals(
                        "io.github.qwen3tts.api.DeviceException",
                        refused.getCause().getClass().getName());
                assertEquals(reason, refused.getCause().getMessage());
            }
            return reason;
        }
    }

    @Test
    void withoutTheBindingsTheStatusSaysWhatToAdd() throws Exception {
        String reason = reasonWith(entry -> !entry.contains("bytedeco"));
        assertTrue(reason.startsWith("CUDA is off: org.bytedeco:cuda is not on the class path; add "), reason);
    }

    @Test
    void withoutNativesTheStatusSaysWhatToAdd() throws Exception {
        String reason = reasonWith(entry -> !entry.contains("linux-x86_64"));
        assertTrue(reason.startsWith("CUDA is off: the CUDA libraries do not load ("), reason);
        assertTrue(reason.contains("add org.bytedeco:cuda and org.bytedeco:cuda-redist"), reason);
    }

    @Test
    void askingOnThisMachineGivesAnAnswerAndNoError() {
        CudaStatus status = Cuda.status(CudaOptions.of(0, CacheDirectory.ofUser()));
        System.out.println(status.reason());
        assertTrue(status.reason().startsWith(status.available() ? "CUDA is on: " : "CUDA is off: "), status.reason());
    }

    private static DeviceProperties card(int major, int minor, int driverVersion) {
        return new DeviceProperties("a card", major, minor, 100, 80L << 30, 100_000, driverVersion);
    }

    @Test
    void oldCardsAreOff() {
        CudaStatus status = CudaStatus.of(card(7, 5, 12_040), 2, Optional.empty());
        assertFalse(status.available());
        assertEquals(
                "CUDA is off: required compute capability 8.0, device 2 (a card) has 7.5; use the CPU",
                status.reason());
    }

    @Test
    void oldDriversAreOff() {
        CudaStatus status = CudaStatus.of(card(9, 0, 11_080), 0, Optional.empty());
        assertFalse(status.available());
        assertTrue(
                status.reason().contains("required a driver for CUDA 12.0, found one for CUDA 11.8"), status.reason());
    }

    @Test
    void kernelsOverlapFromHopperAndADriverThatTakesThemIntoGraphs() {
        assertTrue(card(9, 0, 12_030).canOverlap());
        assertTrue(card(12, 0, 13_000).canOverlap());
        assertFalse(card(8, 9, 12_090).canOverlap());
        assertFalse(card(9, 0, 12_020).canOverlap());
    }

    @Test
    void featuresAreSwitchedOffByName() {
        String before = System.setProperty("qwen3tts.off", "something,cudaOverlap");
        try {
            assertFalse(CudaOptions.of(0, CacheDirectory.ofUser()).overlap());
            assertTrue(CudaOptions.of(0, CacheDirectory.ofUser()).graphs());
        } finally {
            if (before == null) {
                System.clearProperty("qwen3tts.off");
            } else {
                System.setProperty("qwen3tts.off", before);
            }
        }
        assertTrue(CudaOptions.of(0, CacheDirectory.ofUser()).overlap());
    }

    @Test
    void withoutACompilerCudaIsOff() {
        CudaStatus status = CudaStatus.of(card(8, 0, 12_090), 0, Optional.of("no compiler"));
        assertFalse(status.available());
        assertEquals("CUDA is off: no compiler", status.reason());
    }

    @Test
    void goodCardsAreOn() {
        CudaStatus status = CudaStatus.of(card(8, 0, 12_090), 0, Optional.empty());
        assertTrue(status.available());
        assertEquals(
                "CUDA is on: device 0 (a card), compute capability 8.0, 81920 MiB, driver for CUDA 12.9",
                status.reason());
    }
}
