package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Voices as qwentts.cpp and its relatives keep them: {@code .spk}, the speaker vector as bare 32-bit floats, little
 * endian, and {@code .rvq}, the reference codes as bare bits, as many per code as the codebook needs (11), lowest bit
 * first, all codes of group 0 before those of group 1. Neither says which model it belongs to; its size must fit.
 */
final class VoiceImport {

    /** Five minutes of codes, far more than a voice has. */
    private static final int MAX_FRAMES = 4096;

    private final Checkpoint checkpoint;
    private final ClonedVoice.Origin origin;

    /** For voices of the checkpoint, which {@code origin} names. */
    VoiceImport(Checkpoint checkpoint, ClonedVoice.Origin origin) {
        this.checkpoint = checkpoint;
        this.origin = origin;
    }

    /** The sound of a voice. */
    ClonedVoice read(Path spk) {
        return cloned(spk, vector(spk), new int[0], 0, "");
    }

    /** A voice with its reference. */
    ClonedVoice read(Path spk, Path rvq, String transcript) {
        float[] vector = vector(spk);
        CodecConfig.Decoder codec = checkpoint.codec().decoder();
        int bitsPerCode = Integer.SIZE - Integer.numberOfLeadingZeros(codec.codebookSize() - 1);
        int bitsPerFrame = codec.codeGroups() * bitsPerCode;
        byte[] bytes = bytes(rvq, MAX_FRAMES * bitsPerFrame / Byte.SIZE);
        int frames = bytes.length * Byte.SIZE / bitsPerFrame;
        if (frames == 0 || (frames * bitsPerFrame + Byte.SIZE - 1) / Byte.SIZE != bytes.length) {
            throw new ModelLoadException(Check.message(
                    "codes must be whole frames",
                    "file",
                    rvq,
                    "bytes",
                    bytes.length,
                    "bitsPerCode",
                    bitsPerCode,
                    "codeGroups",
                    codec.codeGroups()));
        }
        return cloned(rvq, vector, frameByFrame(unpack(bytes, bitsPerCode, frames), frames), frames, transcript);
    }

    private ClonedVoice cloned(Path file, float[] vector, int[] codes, int frames, String transcript) {
        try {
            return ClonedVoice.of(vector, codes, frames, transcript, origin);
        } catch (InvalidRequestException e) {
            throw new ModelLoadException("not a usable voice: file=" + file + ": " + e.getMessage(), e);
        }
    }

    private float[] vector(Path spk) {
        int width = checkpoint.config().talker().transformer().hidden();
        byte[] bytes = bytes(spk, width * Float.BYTES);
        if (bytes.length != width * Float.BYTES) {
            throw new ModelLoadException(Check.message(
                    "speaker vector is of another model",
                    "file",
                    spk,
                    "floats",
                    bytes.length / (double) Float.BYTES,
                    "expected",
                    width,
                    "directory",
                    checkpoint.directory()));
        }
        float[] vector = new float[width];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        return vector;
    }

    private static byte[] bytes(Path file, int atMost) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new ModelLoadException("voice file does not exist: file=" + file.toAbsolutePath());
            }
            if (Files.size(file) > atMost) {
                throw new ModelLoadException(Check.message(
                        "voice file is too large for this model",
                        "file",
                        file,
                        "bytes",
                        Files.size(file),
                        "expectedAtMost",
                        atMost));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ModelLoadException("cannot read: file=" + file, e);
        }
    }

    /** {@code [groups * frames]}, group after group. */
    private int[] unpack(byte[] bytes, int bitsPerCode, int frames) {
        int[] codes = new int[frames * checkpoint.codec().decoder().codeGroups()];
        int bit = 0;
        for (int i = 0; i < codes.length; i++) {
            for (int b = 0; b < bitsPerCode; b++, bit++) {
                codes[i] |= (bytes[bit / Byte.SIZE] >> bit % Byte.SIZE & 1) << b;
            }
        }
        return codes;
    }

    private static int[] frameByFrame(int[] codes, int frames) {
        int groups = codes.length / frames;
        int[] turned = new int[codes.length];
        for (int i = 0; i < codes.length; i++) {
            turned[i % frames * groups + i / frames] = codes[i];
        }
        return turned;
    }
}
