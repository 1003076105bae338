package io.github.qwen3tts.hub;

import java.util.List;

/**
 * What a revision holds.
 *
 * @param commit 40 hex digits
 * @param files  those that were wanted
 */
record Listing(String commit, List<RemoteFile> files) {

    long totalBytes() {
        return files.stream().mapToLong(RemoteFile::size).sum();
    }
}
