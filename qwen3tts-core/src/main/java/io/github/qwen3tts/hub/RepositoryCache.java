package io.github.qwen3tts.hub;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * One repository in the cache that all clients of the hub share:
 *
 * <pre>
 * models--owner--name/blobs/ETAG                        content
 * models--owner--name/snapshots/COMMIT/dir/file         link to ../../../blobs/ETAG
 * models--owner--name/refs/main                         COMMIT
 * </pre>
 *
 * <p>Each step is one atomic rename, so a reader sees a file whole or not at all. Where links cannot be made, content
 * lies in the snapshot itself.
 */
final class RepositoryCache {

    /** Without one of these a snapshot is no checkpoint, but the leftover of a client that fetched something else. */
    private static final List<String> ESSENTIAL =
            List.of("config.json", "vocab.json", "merges.txt", "speech_tokenizer/config.json");

    private final Path folder;
    private final Path lockFile;
    private final Disk disk;

    RepositoryCache(Path cache, String repository, Disk disk) {
        String name = "models--" + repository.replace("/", "--");
        this.folder = cache.resolve(name);
        this.lockFile = cache.resolve(".locks").resolve(name).resolve("qwen3tts.lock");
        this.disk = disk;
    }

    Path folder() {
        return folder;
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    /** The commit a revision stood for when it was fetched. */
    Optional<String> commitOf(String revision) throws IOException {
        if (SafeName.isCommit(revision)) {
            return Optional.of(revision);
        }
        try {
            return Optional.of(Files.readString(ref(revision)).strip()).filter(SafeName::isCommit);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private Path ref(String revision) {
        return folder.resolve("refs").resolve(revision);
    }

    /** The snapshot of a revision, if a checkpoint was fetched completely. */
    Optional<Path> checkpoint(String revision) throws IOException {
        return commitOf(revision)
                .map(this::snapshot)
                .filter(directory -> ESSENTIAL.stream().allMatch(name -> Files.isRegularFile(directory.resolve(name)))
                        && holdsWeights(directory)
                        && holdsWeights(directory.resolve("speech_tokenizer")));
    }

    private static boolean holdsWeights(Path directory) {
        return Files.isRegularFile(directory.resolve("model.safetensors"))
                || Files.isRegularFile(directory.resolve("model.safetensors.index.json"));
    }

    /** Whether the snapshot shows the file with its right size. */
    boolean shows(String commit, RemoteFile file) {
        return hasSize(snapshot(commit).resolve(file.name()), file.size());
    }

    /** Whether the content is here, under whatever name. */
    boolean holds(RemoteFile file) {
        return hasSize(blob(file), file.size());
    }

    private static boolean hasSize(Path file, long size) {
        try {
            return Files.size(file) == size;
        } catch (IOException e) {
            return false; // not there, or a link to nothing
        }
    }

    private Path blob(RemoteFile file) {
        return folder.resolve("blobs").resolve(file.etag());
    }

    /** Where a file grows. Not the name that the Python client uses: its locks and ours do not see each other. */
    Path partial(RemoteFile file) throws IOException {
        return directory(folder.resolve("blobs")).resolve(file.etag() + ".qwen3tts.incomplete");
    }

    /** What still has to be fetched of a file. */
    long missingBytes(String commit, RemoteFile file) throws IOException {
        if (shows(commit, file) || holds(file)) {
            return 0;
        }
        Path partial = partial(file);
        return Files.exists(partial) ? Math.max(0, file.size() - Files.size(partial)) : file.size();
    }

    long usableBytes() throws IOException {
        return disk.usableBytes(directory(folder));
    }

    /** Makes a complete and checked partial file the content. */
    void keep(RemoteFile file) throws IOException {
        Files.move(partial(file), blob(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Shows content in a snapshot.
     *
     * @param fresh whether this process has just fetched it, so that no other snapshot can need it
     */
    void show(String commit, RemoteFile file, boolean fresh) throws IOException {
        Path shown = snapshot(commit).resolve(file.name());
        Path directory = directory(shown.resolveSibling(""));
        Path source = temporary();
        try {
            disk.link(source, directory.relativize(blob(file)));
        } catch (UnsupportedOperationException | FileSystemException e) {
            if (fresh) {
                source = blob(file);
            } else {
                Files.copy(blob(file), source, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(source, shown, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Remembers what a revision stands for. Written last: who reads it finds the snapshot complete. */
    void remember(String revision, String commit) throws IOException {
        if (commitOf(revision).equals(Optional.of(commit))) {
            return;
        }
        Path ref = ref(revision);
        directory(ref.resolveSibling(""));
        Path written = Files.writeString(temporary(), commit);
        Files.move(written, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A name beside the three folders that nothing has; whoever holds the lock may use it. */
    private Path temporary() throws IOException {
        Path temporary = folder.resolve("qwen3tts.tmp");
        Files.deleteIfExists(temporary);
        return temporary;
    }

    /** Exists afterwards. The folder of a repository may be a link to another disk, which the JDK of old refuses. */
    static Path directory(Path path) throws IOException {
        return Files.isDirectory(path) ? path : Files.createDirectories(path);
    }

    /** Keeps out every other thread and process that fetches this repository with this library. */
    void exclusively(RetryPolicy.Sleeper sleeper, CacheLock.Action action) throws IOException, InterruptedException {
        CacheLock.hold(lockFile, sleeper, action);
    }
}
