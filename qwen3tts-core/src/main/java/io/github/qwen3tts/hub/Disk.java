package io.github.qwen3tts.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What differs between file systems. */
interface Disk {

    /** The one below. */
    Disk LOCAL = new Disk() {
        @Override
        public void link(Path link, Path target) throws IOException {
            Files.createSymbolicLink(link, target);
        }

        @Override
        public long usableBytes(Path directory) throws IOException {
            return Files.getFileStore(directory).getUsableSpace();
        }
    };

    /**
     * Makes a symbolic link.
     *
     * @throws IOException                   if it cannot; on Windows that needs a privilege
     * @throws UnsupportedOperationException if there are none
     */
    void link(Path link, Path target) throws IOException;

    /** How much more may be written. */
    long usableBytes(Path directory) throws IOException;
}
