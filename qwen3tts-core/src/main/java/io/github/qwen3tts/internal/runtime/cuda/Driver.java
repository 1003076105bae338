package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.DeviceLostException;
import io.github.qwen3tts.internal.Check;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.bytedeco.cuda.cudart.CUctx_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.SizeTPointer;

/** The CUDA driver: its calls' results, and what it says about a GPU. The first touch loads the natives. */
final class Driver {

    /** Results that every later call on the device has as well: its context is gone. */
    private static final Set<Integer> LOST = Set.of(
            cudart.CUDA_ERROR_ECC_UNCORRECTABLE,
            cudart.CUDA_ERROR_NVLINK_UNCORRECTABLE,
            cudart.CUDA_ERROR_CONTAINED,
            cudart.CUDA_ERROR_ILLEGAL_ADDRESS,
            cudart.CUDA_ERROR_LAUNCH_TIMEOUT,
            cudart.CUDA_ERROR_CONTEXT_IS_DESTROYED,
            cudart.CUDA_ERROR_ASSERT,
            cudart.CUDA_ERROR_HARDWARE_STACK_ERROR,
            cudart.CUDA_ERROR_ILLEGAL_INSTRUCTION,
            cudart.CUDA_ERROR_MISALIGNED_ADDRESS,
            cudart.CUDA_ERROR_INVALID_ADDRESS_SPACE,
            cudart.CUDA_ERROR_INVALID_PC,
            cudart.CUDA_ERROR_LAUNCH_FAILED,
            cudart.CUDA_ERROR_TENSOR_MEMORY_LEAK,
            cudart.CUDA_ERROR_EXTERNAL_DEVICE);

    private Driver() {}

    /**
     * Loads the driver.
     *
     * @throws LinkageError if a library is missing
     */
    static void load() {
        Loader.load(cudart.class);
    }

    /**
     * Asks the driver about a GPU.
     *
     * @throws DeviceException if the driver does not work or has no such GPU
     */
    static DeviceProperties probe(int device) {
        check(cudart.cuInit(0), "cuInit");
        int[] value = new int[1];
        check(cudart.cuDriverGetVersion(value), "cuDriverGetVersion");
        int driverVersion = value[0];
        check(cudart.cuDeviceGetCount(value), "cuDeviceGetCount");
        if (device < 0 || device >= value[0]) {
            throw new DeviceException(
                    Check.message("there is no such device", "device", device, "devices", value[0]) + "; use the CPU");
        }
        check(cudart.cuDeviceGet(value, device), "cuDeviceGet");
        int handle = value[0];
        byte[] name = new byte[256];
        check(cudart.cuDeviceGetName(name, name.length, handle), "cuDeviceGetName");
        try (SizeTPointer total = new SizeTPointer(1)) {
            check(cudart.cuDeviceTotalMem(total, handle), "cuDeviceTotalMem");
            return new DeviceProperties(
                    new String(name, StandardCharsets.UTF_8).replaceFirst("\0.*", ""),
                    attribute(cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, handle),
                    attribute(cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, handle),
                    attribute(cudart.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, handle),
                    total.get(),
                    attribute(cudart.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, handle),
                    driverVersion);
        }
    }

    private static int attribute(int attribute, int handle) {
        int[] value = new int[1];
        check(cudart.cuDeviceGetAttribute(value, attribute, handle), "cuDeviceGetAttribute");
        return value[0];
    }

    /** A GPU's own context, shared by all of the process that use it; released by {@link #release}. */
    static CUctx_st retain(int device) {
        int[] handle = new int[1];
        check(cudart.cuDeviceGet(handle, device), "cuDeviceGet");
        CUctx_st context = new CUctx_st();
        check(cudart.cuDevicePrimaryCtxRetain(context, handle[0]), "cuDevicePrimaryCtxRetain");
        return context;
    }

    static void release(int device) {
        int[] handle = new int[1];
        check(cudart.cuDeviceGet(handle, device), "cuDeviceGet");
        checkRelease(cudart.cuDevicePrimaryCtxRelease(handle[0]), "cuDevicePrimaryCtxRelease");
    }

    /**
     * Refuses a failed call.
     *
     * @param result         what the call returned
     * @param call           its name, or the kernel's
     * @param namesAndValues alternating names and values that the message should carry
     * @throws DeviceLostException if no later call on the device can succeed
     * @throws DeviceException     unless the result is success
     */
    static void check(int result, String call, Object... namesAndValues) {
        if (result == cudart.CUDA_SUCCESS) {
            return;
        }
        Object[] all = new Object[namesAndValues.length + 4];
        all[0] = "call";
        all[1] = call;
        all[2] = "error";
        all[3] = name(result) + " (" + result + ")";
        System.arraycopy(namesAndValues, 0, all, 4, namesAndValues.length);
        String wayOut = result == cudart.CUDA_ERROR_OUT_OF_MEMORY
                ? "; device memory does not suffice: lower maxStreams, maxFrames or maxTextTokens, or choose a smaller precision"
                : "";
        if (LOST.contains(result)) {
            throw new DeviceLostException(Check.message("the GPU is lost: CUDA call failed", all)
                    + "; close the engine and open another one on the CPU, or restart the process");
        }
        throw new DeviceException(Check.message("CUDA call failed", all) + wayOut);
    }

    /**
     * Refuses a failed call that gives something back, unless the device is lost and everything on it with it.
     *
     * @param result         what the call returned
     * @param call           its name
     * @param namesAndValues alternating names and values that the message should carry
     * @throws DeviceException unless the result is success, or that of a lost device
     */
    static void checkRelease(int result, String call, Object... namesAndValues) {
        if (!LOST.contains(result)) {
            check(result, call, namesAndValues);
        }
    }

    private static String name(int result) {
        BytePointer name = new BytePointer();
        return cudart.cuGetErrorName(result, name) == cudart.CUDA_SUCCESS && !name.isNull()
                ? name.getString()
                : "unknown error";
    }
}
