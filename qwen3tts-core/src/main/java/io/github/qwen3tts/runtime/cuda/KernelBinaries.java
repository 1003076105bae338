package io.github.qwen3tts.runtime.cuda;

import io.github.qwen3tts.api.Check;
import io.github.qwen3tts.api.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All kernel files compiled for one card: taken from a directory, from the cache, or from the compiler. */
final class KernelBinaries {

    private KernelBinaries() {}

    /**
     * Everything a card needs.
     *
     * @param options where kernels come from
     * @param card    what they are for
     * @return by kernel file, in the order of {@link KernelSources#FILES}
     */
    static Map<String, byte[]> of(CudaOptions options, DeviceProperties card) {
        return options.cubins().map(directory -> supplied(directory, card)).orElseGet(() -> compiled(options, card));
    }

    private static Map<String, byte[]> supplied(Path directory, DeviceProperties card) {
        Map<String, byte[]> binaries = new LinkedHashMap<>();
        for (String file : KernelSources.FILES) {
            Path path = directory.resolve(file + ".sm_" + card.major() + card.minor() + ".cubin");
            try {
                binaries.put(file, Files.readAllBytes(path));
            } catch (IOException e) {
                throw new DeviceException(
                        Check.message("cannot read a supplied kernel", "file", path)
                                + "; compile it with nvcc -cubin " + String.join(" ", KernelSources.OPTIONS)
                                + " -arch=sm_" + card.major() + card.minor() + ", or drop -Dqwen3tts.cubins",
                        e);
            }
        }
        return binaries;
    }

    private static Map<String, byte[]> compiled(CudaOptions options, DeviceProperties card) {
        Nvrtc.load();
        return compiled(new KernelCache(options.cacheDirectory()), KernelSources.FILES, Nvrtc.architecture(card));
    }

    /** Compiles on all processors at once: the first start on a machine waits for this. */
    static Map<String, byte[]> compiled(KernelCache cache, List<String> files, String architecture) {
        Map<String, String> headers = KernelSources.headers();
        String common =
                "nvrtc " + Nvrtc.version() + "\n" + architecture + "\n" + KernelSources.OPTIONS + "\n" + headers;
        Map<String, byte[]> binaries = new ConcurrentHashMap<>();
        files.parallelStream().forEach(file -> {
            String source = KernelSources.source(file);
            binaries.put(
                    file,
                    cache.get(
                            file,
                            common + "\n" + source,
                            () -> Nvrtc.compile(file + ".cu", source, headers, architecture, KernelSources.OPTIONS)));
        });
        return binaries;
    }
}
