package io.github.qwen3tts.internal.runtime.cuda;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What the tests of kernels have in common: a device, open while the tests of a class run. */
abstract class KernelTest {

    static TestDevice device;

    @BeforeAll
    static void openDevice() {
        device = TestDevice.open();
    }

    @AfterAll
    static void closeDevice() {
        if (device != null) { // nothing to run on
            device.close();
            device = null;
        }
    }
}
