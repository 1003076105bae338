package io.github.qwen3tts.hub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells whether content is what its etag says: 64 hex digits are the SHA-256 of the bytes, 40 are a git object id, the
 * SHA-1 of {@code "blob " + size + "\0"} and the bytes.
 */
final class ContentHash {

    private static final int SHA256_DIGITS = 64;

    private final RemoteFile file;
    private final MessageDigest digest;

    ContentHash(RemoteFile file) {
        this.file = file;
        try {
            digest = MessageDigest.getInstance(file.etag().length() == SHA256_DIGITS ? "SHA-256" : "SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has it", e);
        }
        restart();
    }

    void restart() {
        digest.reset();
        if (file.etag().length() != SHA256_DIGITS) {
            digest.update(("blob " + file.size() + "\0").getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Takes the next bytes; consumes the buffer. */
    void update(ByteBuffer bytes) {
        digest.update(bytes);
    }

    /** The hash of what was taken; starts over. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
