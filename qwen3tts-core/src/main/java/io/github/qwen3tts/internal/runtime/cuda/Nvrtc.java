package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.internal.Check;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** The compiler for kernels. For any number of threads. */
final class Nvrtc {

    private Nvrtc() {}

    /**
     * Loads the compiler; needs neither a GPU nor a driver's consent.
     *
     * @throws LinkageError if a library is missing
     */
    static void load() {
        Loader.load(nvrtc.class);
    }

    /** The compiler's version, for example {@code 12.9}. */
    static String version() {
        int[] major = new int[1];
        int[] minor = new int[1];
        check(nvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
        return major[0] + "." + minor[0];
    }

    /**
     * The architecture to compile for: the GPU's own, or the nearest older one as portable code that the driver
     * translates.
     *
     * @param card what it is for
     * @return {@code sm_90} or, as portable code, {@code compute_90}
     */
    static String architecture(DeviceProperties card) {
        int[] count = new int[1];
        check(nvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
        int[] supported = new int[count[0]];
        check(nvrtc.nvrtcGetSupportedArchs(supported), "nvrtcGetSupportedArchs");
        int own = 10 * card.major() + card.minor();
        int nearest = Arrays.stream(supported).filter(arch -> arch <= own).max().orElse(own);
        return (nearest == own ? "sm_" : "compute_") + nearest;
    }

    /**
     * Compiles one kernel file.
     *
     * @param name         for messages
     * @param source       CUDA C++
     * @param headers      texts by the names the source includes
     * @param architecture from {@link #architecture}
     * @param options      further options
     * @return a cubin, or PTX for portable code
     * @throws DeviceException if the source is not accepted; carries the compiler's words
     */
    static byte[] compile(
            String name, String source, Map<String, String> headers, String architecture, List<String> options) {
        String[] headerNames = headers.keySet().toArray(String[]::new);
        String[] headerTexts = headers.values().toArray(String[]::new);
        String[] all = options.toArray(new String[options.size() + 1]);
        all[options.size()] = "--gpu-architecture=" + architecture;
        _nvrtcProgram program = new _nvrtcProgram();
        try (BytePointer text = new BytePointer(source);
                BytePointer label = new BytePointer(name);
                PointerPointer<Pointer> texts = new PointerPointer<>(headerTexts);
                PointerPointer<Pointer> names = new PointerPointer<>(headerNames);
                PointerPointer<Pointer> flags = new PointerPointer<>(all)) {
            check(
                    nvrtc.nvrtcCreateProgram(program, text, label, headerNames.length, texts, names),
                    "nvrtcCreateProgram");
            try {
                if (nvrtc.nvrtcCompileProgram(program, all.length, flags) != nvrtc.NVRTC_SUCCESS) {
                    throw new DeviceException(
                            Check.message("kernel does not compile", "file", name, "architecture", architecture) + "\n"
                                    + log(program));
                }
                return architecture.startsWith("sm_") ? cubin(program) : ptx(program);
            } finally {
                nvrtc.nvrtcDestroyProgram(program);
            }
        }
    }

    private static byte[] cubin(_nvrtcProgram program) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            check(nvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
            byte[] cubin = new byte[Math.toIntExact(size.get())];
            check(nvrtc.nvrtcGetCUBIN(program, cubin), "nvrtcGetCUBIN");
            return cubin;
        }
    }

    private static byte[] ptx(_nvrtcProgram program) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            check(nvrtc.nvrtcGetPTXSize(program, size), "nvrtcGetPTXSize");
            byte[] ptx = new byte[Math.toIntExact(size.get())];
            check(nvrtc.nvrtcGetPTX(program, ptx), "nvrtcGetPTX");
            return ptx;
        }
    }

    private static String log(_nvrtcProgram program) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            check(nvrtc.nvrtcGetProgramLogSize(program, size), "nvrtcGetProgramLogSize");
            try (BytePointer text = new BytePointer(size.get())) {
                check(nvrtc.nvrtcGetProgramLog(program, text), "nvrtcGetProgramLog");
                return text.getString();
            }
        }
    }

    private static void check(int result, String call) {
        if (result != nvrtc.NVRTC_SUCCESS) {
            throw new DeviceException(Check.message(
                    "NVRTC call failed",
                    "call",
                    call,
                    "error",
                    nvrtc.nvrtcGetErrorString(result).getString()));
        }
    }
}
