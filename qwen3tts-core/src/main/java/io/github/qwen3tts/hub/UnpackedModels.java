package io.github.qwen3tts.hub;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.CacheDirectory;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the files of bundled models in a cache directory:
 *
 * <pre>
 * NAME-HASH/config.json, ...       files of the archive
 * NAME-HASH/unpacked.txt           HASH and the number of files, then CRC-32, size and name of each
 * NAME-HASH.partial/               on its way; not trusted
 * unpack.lock                      held while files are written
 * </pre>
 *
 * <p>A directory gets its name by one rename, when it is complete, and is checked against its list whenever it is used:
 * what is damaged is replaced. Any number of threads and processes.
 */
final class UnpackedModels {

    private static final String LIST = "unpacked.txt";

    private final Path cache;

    UnpackedModels(Path cache) {
        this.cache = cache;
    }

    /**
     * Returns the files of a model, below the user's cache directory, or, where that cannot be written, in a directory of
     * this process.
     *
     * @param model checked
     * @return a checkpoint directory
     * @throws ModelLoadException if the archive is damaged, or there is no place for files at all
     */
    static Path directoryOf(BundledModel model) {
        Path cache = CacheDirectory.ofUser().resolve("models");
        try {
            return new UnpackedModels(cache).directory(model);
        } catch (IOException e) {
            String reason = "cannot unpack a model: model=" + model.name() + ", cache=" + cache + ", failure=" + e;
            Path temporary = CacheDirectory.temporary(reason).resolve("models");
            try {
                return new UnpackedModels(temporary).directory(model);
            } catch (IOException again) {
                again.addSuppressed(e);
                throw new ModelLoadException(reason + ", temporary=" + temporary + ", its failure=" + again, again);
            }
        }
    }

    /**
     * Returns the files of a model, and unpacks them if they are not there or damaged.
     *
     * @param model checked
     * @return a checkpoint directory
     * @throws IOException        if the cache cannot be written
     * @throws ModelLoadException if the archive is damaged, or the thread is interrupted while it waits for another one
     */
    Path directory(BundledModel model) throws IOException {
        Path directory = cache.resolve(model.name() + "-" + model.sha256().substring(0, 16));
        if (!isComplete(directory, model)) {
            RepositoryCache.directory(cache);
            try {
                CacheLock.hold(cache.resolve("unpack.lock"), Thread::sleep, () -> {
                    if (!isComplete(directory, model)) { // another one may have been quicker
                        unpack(model, directory);
                    }
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ModelLoadException("unpacking was interrupted: model=" + model.name(), e);
            }
        }
        return directory;
    }

    /** Whoever holds the lock is the only one who writes, so what others left on their way is garbage. */
    private void unpack(BundledModel model, Path directory) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(cache, "*.partial")) {
            left.forEach(CacheDirectory::deleteQuietly);
        }
        Path partial = cache.resolve(directory.getFileName() + ".partial");
        try {
            Files.createDirectory(partial);
            List<String> list = extract(model, partial);
            Files.write(partial.resolve(LIST), list);
            if (Files.exists(directory)) { // damaged
                Path damaged = cache.resolve(directory.getFileName() + "-damaged.partial");
                Files.move(directory, damaged, StandardCopyOption.ATOMIC_MOVE);
                CacheDirectory.deleteQuietly(damaged);
            }
            Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            CacheDirectory.deleteQuietly(partial);
        }
    }

    /** Writes the files of the archive; returns the list. */
    private static List<String> extract(BundledModel model, Path into) throws IOException {
        List<String> files = new ArrayList<>();
        try (DigestInputStream bytes = new DigestInputStream(model.open(), sha256());
                ZipInputStream zip = new ZipInputStream(bytes)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    files.add(extract(zip, entry.getName(), into));
                }
            }
            bytes.transferTo(OutputStream.nullOutputStream()); // the directory of the archive
            String actual = HexFormat.of().formatHex(bytes.getMessageDigest().digest());
            if (!actual.equals(model.sha256())) {
                throw damaged(model, "expectedSha256=" + model.sha256() + ", actualSha256=" + actual, null);
            }
        } catch (ZipException | EOFException e) {
            throw damaged(model, "failure=" + e, e);
        }
        files.add(0, model.sha256() + " " + files.size());
        return files;
    }

    private static String extract(InputStream zip, String name, Path into) throws IOException {
        if (!SafeName.isRelativePath(name)) {
            throw new ZipException("file name leads elsewhere: " + name);
        }
        Path file = into.resolve(name);
        Files.createDirectories(file.getParent());
        CRC32 sum = new CRC32();
        long size;
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            size = zip.transferTo(new CheckedOutputStream(out, sum));
        }
        return line(sum, size, name);
    }

    private static String line(CRC32 sum, long size, String name) {
        return Long.toHexString(sum.getValue()) + " " + size + " " + name;
    }

    private static ModelLoadException damaged(BundledModel model, String why, @Nullable Throwable cause) {
        return new ModelLoadException(
                "the archive of a model is damaged: model=" + model.name() + ", " + why + "; get its jar again", cause);
    }

    /** Compares every file with the list: its size and then its sum. */
    private static boolean isComplete(Path directory, BundledModel model) {
        try {
            List<String> list = Files.readAllLines(directory.resolve(LIST));
            List<String> files = list.subList(Math.min(1, list.size()), list.size());
            if (list.isEmpty() || !list.get(0).equals(model.sha256() + " " + files.size())) {
                return false;
            }
            for (String expected : files) {
                String[] parts = expected.split(" ", 3);
                Path file = directory.resolve(parts[2]);
                long size = Files.size(file);
                if (size != Long.parseLong(parts[1])
                        || !line(sum(file), size, parts[2]).equals(expected)) {
                    return false;
                }
            }
            return true;
        } catch (IOException | RuntimeException e) { // not there, not readable, or no list at all
            return false;
        }
    }

    private static CRC32 sum(Path file) throws IOException {
        CRC32 sum = new CRC32();
        try (InputStream in = Files.newInputStream(file)) {
            in.transferTo(new CheckedOutputStream(OutputStream.nullOutputStream(), sum));
        }
        return sum;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has it", e);
        }
    }
}
