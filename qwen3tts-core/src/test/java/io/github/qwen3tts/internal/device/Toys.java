package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Checkpoints of toy size, and one that only looks large. */
final class Toys {

    static final Checkpoint TOY = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice"));

    private Toys() {}

    /** The toy with 100 MB of weights, none of which is on the disk. */
    static Checkpoint large(Path directory) throws IOException {
        byte[] header = String.format(
                        "{\"w\":{\"dtype\":\"U8\",\"shape\":[%1$d],\"data_offsets\":[0,%1$d]}}", 100 << 20)
                .getBytes(StandardCharsets.UTF_8);
        Path file = directory.resolve("model.safetensors");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.writeLong(Long.reverseBytes(header.length));
            out.write(header);
            out.setLength(8 + header.length + (100 << 20));
        }
        return new Checkpoint(
                TOY.directory(),
                TOY.config(),
                TOY.generation(),
                TOY.maxSentenceChars(),
                TOY.codec(),
                Safetensors.open(file),
                TOY.codecWeights());
    }
}
