package io.github.qwen3tts.hub;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.internal.Check;
import java.util.List;
import java.util.function.Consumer;

/**
 * What is fetched from a repository.
 *
 * @param revision a branch, a tag or a commit; pin a commit of 40 hex digits for the same files for ever, and for no
 *                 request at all once they are here
 * @param files    patterns of the files that are needed: {@code *} and {@code ?} stop at a {@code /}, {@code **} does
 *                 not
 * @param progress is told how far the download is
 */
public record DownloadOptions(String revision, List<String> files, Consumer<DownloadProgress> progress) {

    /** The main branch, the files of a checkpoint, progress told to nobody. */
    public static final DownloadOptions DEFAULT = new DownloadOptions(
            "main",
            List.of("*.json", "*.txt", "*.safetensors", "speech_tokenizer/*.json", "speech_tokenizer/*.safetensors"),
            progress -> {});

    /**
     * Checks the values.
     *
     * @throws InvalidRequestException if the revision cannot be one, or there is no pattern
     */
    public DownloadOptions {
        Check.argument(
                SafeName.isRelativePath(revision),
                "revision must be a branch, a tag or a commit",
                "revision",
                revision);
        files = List.copyOf(files);
        Check.argument(!files.isEmpty(), "files needs at least one pattern");
    }

    /**
     * Of another revision.
     *
     * @param revision a branch, a tag or a commit
     * @return the changed copy
     */
    public DownloadOptions withRevision(String revision) {
        return new DownloadOptions(revision, files, progress);
    }

    /**
     * With other files.
     *
     * @param files patterns
     * @return the changed copy
     */
    public DownloadOptions withFiles(List<String> files) {
        return new DownloadOptions(revision, files, progress);
    }

    /**
     * With someone to tell.
     *
     * @param progress called on the downloading thread
     * @return the changed copy
     */
    public DownloadOptions withProgress(Consumer<DownloadProgress> progress) {
        return new DownloadOptions(revision, files, progress);
    }

    boolean wants(String file) {
        return files.stream().anyMatch(pattern -> SafeName.matches(pattern, file));
    }
}
