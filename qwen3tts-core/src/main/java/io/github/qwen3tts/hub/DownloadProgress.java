package io.github.qwen3tts.hub;

/**
 * How far a download is. Reported on the downloading thread, often; what the listener throws ends the download, which a
 * later call resumes.
 *
 * @param repository {@code owner/name}
 * @param file       the file on its way, as named in the repository
 * @param fileBytes  of this file that are here
 * @param fileSize   of this file in all
 * @param bytes      of all files that are here, those cached before included
 * @param totalBytes of all files
 */
public record DownloadProgress(
        String repository, String file, long fileBytes, long fileSize, long bytes, long totalBytes) {}
