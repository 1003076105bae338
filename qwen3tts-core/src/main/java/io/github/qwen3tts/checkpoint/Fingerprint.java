package io.github.qwen3tts.checkpoint;

import io.github.qwen3tts.safetensors.Safetensors;
import io.github.qwen3tts.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A hash that takes milliseconds: what the configuration says, where every tensor lies, and the first bytes of each.
 * Training moves all tensors, so their beginnings tell checkpoints of one shape apart.
 */
final class Fingerprint {

    private static final int SAMPLE_BYTES = 256;

    private Fingerprint() {}

    static String of(Checkpoint checkpoint) throws IOException {
        MessageDigest hash = sha256();
        hash.update(Files.readAllBytes(checkpoint.directory().resolve("config.json")));
        hash.update(Files.readAllBytes(checkpoint.directory().resolve("speech_tokenizer/config.json")));
        add(hash, checkpoint.weights());
        add(hash, checkpoint.codecWeights());
        return HexFormat.of().formatHex(hash.digest());
    }

    private static void add(MessageDigest hash, Safetensors weights) throws IOException {
        for (String name : weights.names()) {
            TensorInfo tensor = weights.get(name);
            String place = name + tensor.type() + tensor.shape() + tensor.offset();
            hash.update(place.getBytes(StandardCharsets.UTF_8));
            ByteBuffer sample = Safetensors.map(tensor);
            hash.update(sample.slice(0, Math.min(SAMPLE_BYTES, sample.capacity())));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
