package io.github.qwen3tts.internal.runtime.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kernel files in the class path's resources, and how they are meant to be compiled. */
final class KernelSources {

    /** Every kernel file, without its ending. */
    static final List<String> FILES = List.of(
            "causal_conv",
            "conv_next",
            "decode_attention",
            "embed_sum",
            "head_sample",
            "kv_copy",
            "linear_residual",
            "qk_norm_rope_append",
            "rms_norm_linear",
            "rvq_lookup",
            "tensor_linear",
            "text_projection",
            "window_attention");

    /** What the kernel files include. */
    static final List<String> HEADERS = List.of("common.cuh", "conv_window.cuh", "linear.cuh", "slots.cuh");

    /** Multiply-adds are fused only where the source says so: see {@code common.cuh}. */
    static final List<String> OPTIONS = List.of("--std=c++17", "--fmad=false");

    private KernelSources() {}

    static String source(String file) {
        return text(file + ".cu");
    }

    static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        HEADERS.forEach(name -> headers.put(name, text(name)));
        return headers;
    }

    /** Tells these sources and options from those of other versions: a hash, in hexadecimal digits. */
    static String fingerprint() {
        String all = OPTIONS + "\n" + headers() + "\n"
                + FILES.stream().map(KernelSources::source).toList();
        return HexFormat.of().formatHex(KernelCache.hash(all.getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(String name) {
        try (InputStream in = KernelSources.class.getResourceAsStream("kernels/" + name)) {
            if (in == null) {
                throw new IllegalStateException("kernel file is not in the jar: file=" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
