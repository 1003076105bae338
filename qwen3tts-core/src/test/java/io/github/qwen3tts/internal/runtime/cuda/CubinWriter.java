package io.github.qwen3tts.internal.runtime.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@code DIR ARCHITECTURE...}: compiles every kernel with NVRTC, for machines that have a driver and nothing else. Needs
 * no GPU.
 */
public final class CubinWriter {

    private CubinWriter() {}

    /** Writes {@code DIR/NAME.sm_90.cubin} for every kernel file and every architecture such as {@code sm_90}. */
    public static void main(String[] args) throws IOException {
        Nvrtc.load();
        Path directory = Files.createDirectories(Path.of(args[0]));
        KernelCache cache = new KernelCache(Path.of("target/kernels"));
        List<String> architectures = Arrays.asList(args).subList(1, args.length);
        for (String architecture : architectures) {
            Map<String, byte[]> binaries = KernelBinaries.compiled(cache, KernelSources.FILES, architecture);
            for (Map.Entry<String, byte[]> binary : binaries.entrySet()) {
                Files.write(directory.resolve(binary.getKey() + "." + architecture + ".cubin"), binary.getValue());
            }
        }
        Files.writeString(directory.resolve(KernelBinaries.FINGERPRINT), KernelSources.fingerprint());
        System.out.println("kernels for " + architectures + " by NVRTC " + Nvrtc.version() + " in " + directory);
    }
}
