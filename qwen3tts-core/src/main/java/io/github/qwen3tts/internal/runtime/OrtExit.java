package io.github.qwen3tts.internal.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * Lets a process end while it speaks. ONNX Runtime's Java classes destroy their environment in a shutdown hook, and a graph
 * that runs at that moment brings the process down with a memory fault: at every Ctrl-C in the middle of a speech. The
 * environment is counted, so one reference more, which nobody gives back, keeps it until the process is gone. There is no
 * public way to take one.
 */
final class OrtExit {

    private static final System.Logger LOG = System.getLogger(OrtExit.class.getName());

    private static boolean kept;

    private OrtExit() {}

    /** Takes that reference, once, when the environment is there. If it cannot, all is as it was. */
    static synchronized void keepEnvironment() {
        if (kept) {
            return;
        }
        kept = true;
        try {
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            api.setAccessible(true);
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR.getValue(), "qwen3tts");
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "ending the process in the middle of a speech may crash it", e);
        }
    }
}
