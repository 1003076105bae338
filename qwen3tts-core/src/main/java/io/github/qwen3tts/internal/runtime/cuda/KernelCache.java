package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.internal.AtomicMove;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * Compiled kernels on disk. A file's name holds the hash of everything that decides its contents; the file starts with
 * the hash of its contents, so that a damaged one is compiled again. A directory that cannot be written to costs time,
 * not function.
 */
final class KernelCache {

    private static final System.Logger LOG = System.getLogger(KernelCache.class.getName());
    private static final int HASH_BYTES = 32;

    private final Path directory;

    KernelCache(Path directory) {
        this.directory = directory;
    }

    /**
     * A compiled kernel, from disk if it is there and whole.
     *
     * @param file    the kernel file's name, part of the name on disk
     * @param key     everything the result depends on
     * @param compile makes it
     * @return the compiled kernel
     */
    byte[] get(String file, String key, Supplier<byte[]> compile) {
        Path path = directory.resolve(
                file + "-" + HexFormat.of().formatHex(hash(key.getBytes(StandardCharsets.UTF_8)), 0, 16) + ".bin");
        byte[] kept = read(path);
        if (kept != null) {
            return kept;
        }
        byte[] compiled = compile.get();
        try {
            write(path, compiled);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot keep a compiled kernel: file=" + path + ", reason=" + e);
        }
        return compiled;
    }

    private static byte[] read(Path path) {
        try {
            byte[] all = Files.readAllBytes(path);
            if (all.length <= HASH_BYTES) {
                return null;
            }
            byte[] contents = Arrays.copyOfRange(all, HASH_BYTES, all.length);
            return Arrays.equals(hash(contents), 0, HASH_BYTES, all, 0, HASH_BYTES) ? contents : null;
        } catch (IOException e) {
            return null; // not there, or as good as
        }
    }

    /** Readers never see half a file: it is written under another name first. */
    private void write(Path path, byte[] contents) throws IOException {
        Files.createDirectories(directory);
        Path part = Files.createTempFile(directory, "part", null);
        try {
            byte[] all = Arrays.copyOf(hash(contents), HASH_BYTES + contents.length);
            System.arraycopy(contents, 0, all, HASH_BYTES, contents.length);
            Files.write(part, all);
            AtomicMove.replace(part, path);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
