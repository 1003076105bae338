package io.github.qwen3tts.internal.onnx;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A finished graph: the same configuration gives the same bytes.
 *
 * @param name        of the graph
 * @param bytes       the serialised ModelProto, without the large weights
 * @param weightFiles the files of the large weights, all in one folder
 */
public record OnnxModel(String name, byte[] bytes, List<Path> weightFiles) {

    /**
     * Where the files of the large weights lie.
     *
     * @return empty if the graph refers to none
     */
    public Optional<Path> weightsFolder() {
        return weightFiles.stream().findFirst().map(Path::getParent);
    }

    /**
     * Makes a change of a graph visible.
     *
     * @return SHA-256 of the bytes, in hex
     */
    public String hash() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
