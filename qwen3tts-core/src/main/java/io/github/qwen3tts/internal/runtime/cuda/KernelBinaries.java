package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.internal.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All kernel files compiled for one GPU: taken from a directory, from the cache, or from the compiler. */
final class KernelBinaries {

    /** Beside supplied kernels: {@link KernelSources#fingerprint} of what they were compiled from. */
    static final String FINGERPRINT = "sources.sha256";

    private static final System.Logger LOG = System.getLogger(KernelBinaries.class.getName());

    private KernelBinaries() {}

    /**
     * Everything a GPU needs.
     *
     * @param options where kernels come from
     * @param card    what they are for
     * @return by kernel file, in the order of {@link KernelSources#FILES}
     */
    static Map<String, byte[]> of(CudaOptions options, DeviceProperties card) {
        return options.cubins().map(directory -> supplied(directory, card)).orElseGet(() -> compiled(options, card));
    }

    /** A GPU runs what was compiled for it or for an older one of its generation. */
    static Map<String, byte[]> supplied(Path directory, DeviceProperties card) {
        requireThisVersion(directory.resolve(FINGERPRINT));
        int minor = card.minor();
        while (minor > 0 && !Files.exists(cubin(directory, KernelSources.FILES.get(0), card.major(), minor))) {
            minor--;
        }
        Map<String, byte[]> binaries = new LinkedHashMap<>();
        for (String file : KernelSources.FILES) {
            Path path = cubin(directory, file, card.major(), minor);
            try {
                binaries.put(file, Files.readAllBytes(path));
            } catch (IOException e) {
                throw new DeviceException(
                        Check.message(
                                        "cannot read a supplied kernel",
                                        "file",
                                        path,
                                        "computeCapability",
                                        card.computeCapability())
                                + "; compile it with nvcc -cubin " + String.join(" ", KernelSources.OPTIONS)
                                + " -arch=sm_" + card.major() + card.minor() + ", or drop -Dqwen3tts.cubins",
                        e);
            }
        }
        return binaries;
    }

    /** Kernels of another version would take their arguments for something else. */
    private static void requireThisVersion(Path file) {
        String theirs;
        try {
            theirs = Files.readString(file).strip();
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cannot tell whether supplied kernels are of this version: file={0}, expected={1}",
                    file,
                    KernelSources.fingerprint());
            return;
        }
        if (!theirs.equals(KernelSources.fingerprint())) {
            throw new DeviceException(Check.message(
                            "supplied kernels are of another version",
                            "file",
                            file,
                            "found",
                            theirs,
                            "expected",
                            KernelSources.fingerprint())
                    + "; compile them again, or drop -Dqwen3tts.cubins");
        }
    }

    static Path cubin(Path directory, String file, int major, int minor) {
        return directory.resolve(file + ".sm_" + major + minor + ".cubin");
    }

    private static Map<String, byte[]> compiled(CudaOptions options, DeviceProperties card) {
        Nvrtc.load();
        return compiled(new KernelCache(options.cacheDirectory()), KernelSources.FILES, Nvrtc.architecture(card));
    }

    /** Compiles on all CPU cores at once: the first start on a machine waits for this. */
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
