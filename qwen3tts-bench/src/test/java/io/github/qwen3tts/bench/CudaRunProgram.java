package io.github.qwen3tts.bench;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import java.nio.file.Path;
import java.util.List;

/** Measures the stand-in for a GPU, which the tests of qwen3tts-core have. */
final class CudaRunProgram {

    private CudaRunProgram() {}

    public static void main(String[] arguments) throws Exception {
        Class<?> standIn = Class.forName("io.github.qwen3tts.internal.runtime.cuda.HostDevice");
        try (CudaDevice device = (CudaDevice) standIn.getMethod("start").invoke(null)) {
            int streams = Integer.parseInt(arguments[1]);
            int runs = Integer.parseInt(arguments[2]);
            CudaRun.Workload work = new CudaRun.Workload(List.of(1, streams), streams, 4, runs); // as many frames
            for (CudaResult result :
                    new CudaRun(device, Path.of(arguments[0]), Precision.BF16, work, false).measure()) {
                System.out.println(result.text());
                System.out.println(result.json());
            }
        }
    }
}
