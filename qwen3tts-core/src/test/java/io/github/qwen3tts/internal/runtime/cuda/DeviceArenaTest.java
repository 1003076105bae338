package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.DeviceException;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeviceArenaTest {

    private final Set<Long> allocated = new HashSet<>();

    /** A device that has room for a few bytes and counts who holds them. */
    private CudaDevice deviceWith(long room) {
        long[] left = {room};
        return (CudaDevice) Proxy.newProxyInstance(
                CudaDevice.class.getClassLoader(), new Class<?>[] {CudaDevice.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "freeBytes":
                            return left[0];
                        case "allocate":
                            if ((long) arguments[0] > left[0]) {
                                throw new DeviceException("out of memory");
                            }
                            left[0] -= (long) arguments[0];
                            long address = 4096L * (allocated.size() + 1);
                            allocated.add(address);
                            return address;
                        case "free":
                            assertTrue(allocated.remove((long) arguments[0]), "freed twice");
                            return null;
                        default:
                            throw new UnsupportedOperationException(method.getName());
                    }
                });
    }

    @Test
    void aPredictionAddsUpWithoutTaking() {
        MemoryPrediction prediction = new MemoryPrediction();
        long a = prediction.take("a", 100);
        long b = prediction.take("b", 300);
        assertEquals(256 + 512, prediction.bytes());
        assertTrue(a != 0 && a != b && a % 256 == 0 && b % 256 == 0);
    }

    @Test
    @SuppressWarnings("try") // closing twice is the point
    void closingFreesEverythingOnce() {
        try (DeviceArena arena = new DeviceArena(deviceWith(1000), 768, "a test")) {
            assertEquals(Set.of(arena.take("a", 100), arena.take("b", 300)), allocated);
            arena.close();
            assertTrue(allocated.isEmpty());
        }
    }

    @Test
    void aFailureHoldsNothingAndSaysWhatFor() {
        try (DeviceArena arena = new DeviceArena(deviceWith(350), 512 << 20, "precision=bf16, streams=4")) {
            arena.take("weights", 200);
            DeviceException e = assertThrows(DeviceException.class, () -> arena.take("cache", 200));
            assertTrue(e.getMessage().contains("neededMiB=512"), e.getMessage());
            assertTrue(e.getMessage().contains("failedAt=cache, for=precision=bf16, streams=4"), e.getMessage());
            assertTrue(e.getMessage().contains("lower maxStreams, maxFrames or maxTextTokens"), e.getMessage());
            assertTrue(allocated.isEmpty());
        }
    }

    @Test
    void tooLittleRoomIsFoundOutBeforeAnythingIsTaken() {
        try (DeviceArena arena = new DeviceArena(deviceWith(350), 351, "precision=bf16, streams=4")) {
            DeviceException e = assertThrows(DeviceException.class, arena::checkRoom);
            assertTrue(e.getMessage().contains("failedAt=everything, for=precision=bf16, streams=4"), e.getMessage());
            assertTrue(allocated.isEmpty());
        }
        try (DeviceArena arena = new DeviceArena(deviceWith(350), 350, "a test")) {
            arena.checkRoom();
        }
    }
}
