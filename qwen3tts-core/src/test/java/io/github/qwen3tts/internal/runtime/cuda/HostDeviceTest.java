package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.DeviceException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The stand-in itself: that it finds the mistakes it is there to find. */
class HostDeviceTest {

    @Test
    void whatIsUploadedComesBack() {
        try (HostDevice device = HostDevice.start()) {
            long address = device.allocate(12);
            ByteBuffer values = TestDevice.direct(12);
            values.asIntBuffer().put(new int[] {1, -2, 3});
            device.upload(values, address);
            ByteBuffer back = TestDevice.direct(12);
            device.download(address, back);
            int[] actual = new int[3];
            back.asIntBuffer().get(actual);
            assertArrayEquals(new int[] {1, -2, 3}, actual);
        }
    }

    /** The sentence a launch is refused with. */
    private static String refusal(HostDevice device, Launch launch) {
        return assertThrows(DeviceException.class, () -> device.run(List.of(launch)))
                .getMessage();
    }

    private static void expect(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void accessBehindTheEndNamesTheKernel() {
        try (HostDevice device = HostDevice.start()) {
            long ids = device.allocate(4);
            device.clear(ids, 4);
            long out = device.allocate(64);
            Launch launch = Launch.of("text_projection", "text_rows_fp32")
                    .pointer(device.allocate(16 * 4))
                    .pointer(ids)
                    .pointer(out)
                    .integer(17);
            expect(refusal(device, launch), "outside", "text_rows_fp32");
        }
    }

    @Test
    void threadsThatDoNotWaitForTheKernelBeforeAreFound() {
        try (HostDevice device = HostDevice.start()) {
            Launch launch = Launch.of("none", "forgets_to_wait").pointer(device.allocate(4));
            expect(refusal(device, launch), "without having waited", "forgets_to_wait");
        }
    }

    @Test
    void whatIsPrefetchedHasToBeThere() {
        try (HostDevice device = HostDevice.start()) {
            long weights = device.allocate(64);
            device.run(List.of(prefetching(weights, 64)));
            expect(refusal(device, prefetching(weights, 80)), "outside", "prefetches_beyond_the_end");
        }
    }

    private static Launch prefetching(long address, int bytes) {
        return Launch.of("none", "prefetches_beyond_the_end").pointer(address).integer(bytes);
    }

    @Test
    void argumentsOfOtherTypesAreRefused() {
        try (HostDevice device = HostDevice.start()) {
            Launch launch =
                    Launch.of("text_projection", "text_rows_fp32").integer(1).real(2f);
            expect(refusal(device, launch), "declared=pppi, given=if");
        }
    }

    @Test
    void unknownKernelsAreRefused() {
        try (HostDevice device = HostDevice.start()) {
            expect(refusal(device, Launch.of("text_projection", "text_rows_fp8")), "no such kernel");
        }
    }
}
