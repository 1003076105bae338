package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.onnx.Plain;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiny checkpoint has 64 codes per group, 6 bits each, and vectors of 64. */
class VoiceImportTest {

    private static final Checkpoint CHECKPOINT = EncoderFiles.checkpoint();
    private static final int BITS = 6;
    private static final int GROUPS = 16;

    private final VoiceEncoder voices = new VoiceEncoder(EncoderFiles.runtime(), CHECKPOINT);
    private final float[] vector = Plain.random(1, 64);

    @TempDir
    private Path directory;

    private Path spk;
    private Path rvq;

    @BeforeEach
    void write() throws IOException {
        spk = writeVector(vector);
        rvq = directory.resolve("me.rvq");
    }

    private Path writeVector(float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Files.write(directory.resolve("me.spk"), bytes.array());
    }

    @Test
    void vectorAloneIsAVoice() {
        ClonedVoice voice = voices.read(spk);
        assertArrayEquals(vector, voice.speakerVector());
        assertEquals(0, voice.frames());
        assertEquals(new ClonedVoice.Origin("base", "1b7", CHECKPOINT.hash()), voice.origin());
        CHECKPOINT.rules(100).check(SynthesisRequest.of("a", voice));
    }

    /** The codes as one long number, the first one in its lowest bits, group after group. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 37})
    void codesAreUnpackedFrameByFrame(int frames) throws IOException {
        int[] codes = new Random(frames).ints((long) frames * GROUPS, 0, 64).toArray(); // [frames, groups]
        BigInteger packed = BigInteger.ZERO;
        for (int group = 0; group < GROUPS; group++) {
            for (int frame = 0; frame < frames; frame++) {
                BigInteger code = BigInteger.valueOf(codes[frame * GROUPS + group]);
                packed = packed.or(code.shiftLeft((group * frames + frame) * BITS));
            }
        }
        byte[] bytes = new byte[frames * GROUPS * BITS / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = packed.shiftRight(8 * i).byteValue();
        }
        ClonedVoice voice = voices.read(spk, Files.write(rvq, bytes), "Good morning.");
        assertArrayEquals(codes, voice.referenceCodes());
        assertEquals(frames, voice.frames());
        assertEquals("Good morning.", voice.transcript());
        CHECKPOINT.rules(100).check(SynthesisRequest.of("a", voice));
    }

    @Test
    void filesThatDoNotFitAreRefusedByName() throws IOException {
        assertRefused("codes must be whole frames: file=" + Files.write(rvq, new byte[13]));
        assertRefused("codes must be whole frames: file=" + Files.write(rvq, new byte[0]));
        assertRefused("too large for this model: file=" + Files.write(rvq, new byte[4096 * 12 + 1]));
        Files.delete(rvq);
        assertRefused("does not exist: file=" + rvq);
        Files.write(rvq, new byte[12]);
        writeVector(Arrays.copyOf(vector, 32));
        assertRefused("of another model: file=" + spk + ", floats=32.0, expected=64");
        writeVector(Arrays.copyOf(vector, 128));
        assertRefused("too large for this model: file=" + spk);
        vector[7] = Float.NaN;
        writeVector(vector);
        assertRefused("speaker vector must be finite");
    }

    private void assertRefused(String why) {
        String message = assertThrows(ModelLoadException.class, () -> voices.read(spk, rvq, "Hello."))
                .getMessage();
        assertTrue(message.contains(why), message);
    }
}
