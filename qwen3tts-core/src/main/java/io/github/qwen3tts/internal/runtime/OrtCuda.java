package io.github.qwen3tts.internal.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Value;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** ONNX Runtime's CUDA provider: what it lacks, and options of sessions on it. */
final class OrtCuda {

    /** How the system's loader complains about a library that the provider needs. */
    private static final Pattern MISSING_LIBRARY =
            Pattern.compile("(?:with error: (\\S+): cannot open|depends on \"([^\"]+)\" which is missing)");

    private static final String OFF = "ONNX Runtime's CUDA provider is off: ";
    private static final String LIBRARIES = "install CUDA 12 with cuBLAS, cuRAND and cuFFT, and cuDNN 9, and let the"
            + " system's loader find them (LD_LIBRARY_PATH, on Windows PATH)";
    private static final String WAYS_OUT = "; or use backend native, or device cpu";

    private OrtCuda() {}

    /** Puts the nodes of a session on a GPU where the provider has them. */
    static void add(SessionOptions options, int card) throws OrtException {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(card)) {
            cuda.add("use_tf32", "0"); // fp32 means fp32
            options.addCUDA(cuda);
        }
    }

    /** Why no graph can be opened on a GPU: found out by opening one. */
    static Optional<String> problem(OrtEnvironment environment, int card) {
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            return Optional.of(OFF + "this is the build for processors; put"
                    + " com.microsoft.onnxruntime:onnxruntime_gpu:" + environment.getVersion()
                    + " in the place of com.microsoft.onnxruntime:onnxruntime, which has to be excluded" + WAYS_OUT);
        }
        try (SessionOptions options = new SessionOptions()) {
            add(options, card);
            environment.createSession(probe(), options).close();
            return Optional.empty();
        } catch (OrtException e) {
            return Optional.of(explain(e.getMessage()));
        }
    }

    private static byte[] probe() {
        Graph graph = Graph.named("probe", null); // refers to no weights
        Value x = graph.input("x", ElementType.FLOAT, 1);
        graph.output("y", x.plus(x));
        return graph.finish().bytes();
    }

    /** Tells a missing library apart from everything else that may be wrong. */
    static String explain(String message) {
        Matcher library = MISSING_LIBRARY.matcher(message);
        if (library.find()) {
            String name = library.group(1) != null ? library.group(1) : library.group(2);
            return OFF + "a library is missing: library=" + name + "; " + LIBRARIES + WAYS_OUT;
        }
        return OFF + message.strip() + "; it needs a card and its driver; " + LIBRARIES + WAYS_OUT;
    }
}
