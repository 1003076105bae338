package io.github.qwen3tts.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qwen3tts.api.Backend;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.internal.device.DeviceChoice.Target;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceChoiceTest {

    private static final Optional<String> NONE = Optional.empty();
    private static final Optional<String> NO_DRIVER = Optional.of("there is no driver");

    @Test
    void theCpuIsTakenIfItIsAskedFor() {
        assertEquals(List.of(Target.CPU), DeviceChoice.targets(Device.CPU, Backend.NATIVE, NONE));
        assertEquals(List.of(Target.CPU), DeviceChoice.targets(Device.CPU, Backend.ONNX_RUNTIME, NONE));
    }

    @Test
    void aGpuThatIsAskedForHasNoSubstitute() {
        assertEquals(List.of(Target.CUDA_KERNELS), DeviceChoice.targets(Device.cuda(1), Backend.NATIVE, NONE));
        assertEquals(List.of(Target.CUDA_PROVIDER), DeviceChoice.targets(Device.cuda(0), Backend.ONNX_RUNTIME, NONE));
        DeviceException refused = assertThrows(
                DeviceException.class, () -> DeviceChoice.targets(Device.cuda(0), Backend.NATIVE, NO_DRIVER));
        assertEquals("there is no driver", refused.getMessage());
    }

    @Test
    void autoTakesTheGpuAndKeepsTheCpuForTheCaseThatItDoesNotLoad() {
        assertEquals(List.of(Target.CUDA_KERNELS, Target.CPU), DeviceChoice.targets(Device.AUTO, Backend.NATIVE, NONE));
        assertEquals(
                List.of(Target.CUDA_PROVIDER, Target.CPU),
                DeviceChoice.targets(Device.AUTO, Backend.ONNX_RUNTIME, NONE));
        assertEquals(List.of(Target.CPU), DeviceChoice.targets(Device.AUTO, Backend.NATIVE, NO_DRIVER));
    }
}
