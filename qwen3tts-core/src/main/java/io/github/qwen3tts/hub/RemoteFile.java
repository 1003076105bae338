package io.github.qwen3tts.hub;

/**
 * A file of a repository.
 *
 * @param name safe as a relative path, with {@code /} between its parts
 * @param size in bytes
 * @param etag what its content hashes to: SHA-256 for large files, the git object id for the others; names the blob
 */
record RemoteFile(String name, long size, String etag) {}
