package io.github.qwen3tts.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Lets one thread of one process at a time act on a folder. A file lock keeps processes apart; it does not keep threads
 * of a process apart, and on some systems any close of the file gives it up, so threads queue before they open it.
 */
final class CacheLock {

    private static final Map<Path, Semaphore> TURNS = new ConcurrentHashMap<>();
    private static final long POLL_MILLIS = 200;

    private CacheLock() {}

    /** What is done under the lock. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException, InterruptedException;
    }

    static void hold(Path lockFile, RetryPolicy.Sleeper sleeper, Action action)
            throws IOException, InterruptedException {
        Path directory = RepositoryCache.directory(lockFile.resolveSibling("")).toRealPath();
        Path path = directory.resolve(lockFile.getFileName());
        Semaphore turn = TURNS.computeIfAbsent(path, p -> new Semaphore(1));
        turn.acquire();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (!locked(channel)) {
                sleeper.sleep(POLL_MILLIS);
            }
            action.run();
        } finally {
            turn.release();
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // another class loader of this process holds it
        }
    }
}
