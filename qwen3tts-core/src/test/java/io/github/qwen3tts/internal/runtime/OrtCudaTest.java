package io.github.qwen3tts.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.DeviceException;
import org.junit.jupiter.api.Test;

/** What the CUDA provider of ONNX Runtime lacks, in the words that its Java API has for it. */
class OrtCudaTest {

    @Test
    void theBuildForProcessorsSaysWhatToPutInItsPlace() {
        OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
        String problem = runtime.cudaProblem(0).orElseThrow();
        assertTrue(
                problem.contains("put com.microsoft.onnxruntime:onnxruntime_gpu:" + runtime.version() + " in the place"
                        + " of com.microsoft.onnxruntime:onnxruntime"),
                problem);
        assertEquals(
                problem,
                assertThrows(DeviceException.class, () -> runtime.onCuda(0)).getMessage());
    }

    @Test
    void aMissingLibraryIsNamedOnLinux() {
        String problem =
                OrtCuda.explain("Error code - ORT_FAIL - message: provider_bridge_ort.cc:1988 [ONNXRuntimeError] :"
                        + " 1 : FAIL : Failed to load library libonnxruntime_providers_cuda.so with error:"
                        + " libcublasLt.so.12: cannot open shared object file: No such file or directory");
        assertTrue(problem.contains("a library is missing: library=libcublasLt.so.12; install CUDA 12"), problem);
    }

    @Test
    void aMissingLibraryIsNamedOnWindows() {
        String problem =
                OrtCuda.explain("Error code - ORT_FAIL - message: Error loading \"onnxruntime_providers_cuda.dll\""
                        + " which depends on \"cudnn64_9.dll\" which is missing. (Error 126: \"\")");
        assertTrue(problem.contains("a library is missing: library=cudnn64_9.dll; "), problem);
    }

    @Test
    void anythingElseIsToldAsItIs() {
        String problem = OrtCuda.explain("CUDA failure 35: CUDA driver version is insufficient");
        assertTrue(problem.contains("CUDA driver version is insufficient; it needs a card"), problem);
        assertTrue(problem.endsWith("or use backend native, or device cpu"), problem);
    }
}
