package io.github.qwen3tts.runtime.cuda;

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
    private Device deviceWith(long room) {
        long[] left = {room};
        return (Device) Proxy.newProxyInstance(
                Device.class.getClassLoader(), new Class<?>[] {Device.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "freeBytes":
                            return left[0];
                        case "allocate":
                            left[0] -= (long) arguments[0];
                            if (left[0] < 0) {
                                throw new DeviceException("out of memory");
                            }
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
    void predictsBeforeItTakes() {
        try (DeviceArena arena = new DeviceArena(deviceWith(1000))) {
            DeviceBuffer a = arena.reserve("a", 100);
            DeviceBuffer b = arena.reserve("b", 300);
            assertEquals(256 + 512, arena.predictedBytes());
            assertTrue(allocated.isEmpty());
            assertThrows(IllegalStateException.class, a::address);
            arena.commit("a test");
            assertEquals(Set.of(a.address(), b.address()), allocated);
            assertThrows(IllegalArgumentException.class, () -> b.address(300));
        }
        assertTrue(allocated.isEmpty());
    }

    @Test
    void whatIsReservedLaterIsCommittedLater() {
        try (DeviceArena arena = new DeviceArena(deviceWith(1000))) {
            arena.reserve("a", 100);
            arena.commit("a test");
            DeviceBuffer b = arena.reserve("b", 100);
            arena.commit("a test");
            assertEquals(2, allocated.size());
            assertTrue(allocated.contains(b.address()));
        }
    }

    @Test
    void aFailureHoldsNothingAndSaysWhatFor() {
        try (DeviceArena arena = new DeviceArena(deviceWith(350))) {
            DeviceBuffer a = arena.reserve("weights", 200);
            arena.reserve("cache", 200);
            DeviceException e = assertThrows(DeviceException.class, () -> arena.commit("precision=bf16, streams=4"));
            assertTrue(e.getMessage().contains("failedAt=cache"), e.getMessage());
            assertTrue(e.getMessage().contains("for=precision=bf16, streams=4"), e.getMessage());
            assertTrue(e.getMessage().contains("lower the number of streams"), e.getMessage());
            assertTrue(allocated.isEmpty());
            assertThrows(IllegalStateException.class, a::address);
        }
    }
}
