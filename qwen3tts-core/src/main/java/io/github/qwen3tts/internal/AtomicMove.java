package io.github.qwen3tts.internal;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Moves finished files into place, so that readers never see half a file. */
public final class AtomicMove {

    private AtomicMove() {}

    /**
     * Replaces a file, in one step where the file system can.
     *
     * @param from the finished file, in the same directory
     * @param to   is replaced if it exists
     * @throws IOException if it cannot be moved
     */
    public static void replace(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
