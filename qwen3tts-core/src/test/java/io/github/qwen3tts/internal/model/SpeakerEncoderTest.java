package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.onnx.Plain;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpeakerEncoderTest {

    private static final Checkpoint CHECKPOINT = EncoderFiles.checkpoint();
    private static SpeakerEncoder encoder;

    @BeforeAll
    static void open() {
        encoder = SpeakerEncoder.open(EncoderFiles.runtime(), CHECKPOINT);
    }

    @AfterAll
    static void close() {
        encoder.close();
    }

    @Test
    void vectorOfAClipIsTheOfficialOne() throws IOException {
        assertArrayEquals(EncoderFiles.goldenFloats("speaker_embedding"), encoder.encode(EncoderFiles.clip()), 1e-5f);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 40})
    void graphEqualsPlainLoops(int frames) {
        int mels = CHECKPOINT.config().speakerEncoder().orElseThrow().mels();
        float[] mel = Plain.random(frames, (long) frames * mels);
        for (int i = 0; i < mel.length; i++) {
            mel[i] = 5 * mel[i] - 5;
        }
        assertArrayEquals(new PlainSpeakerEncoder(CHECKPOINT).encode(mel), encoder.encodeMel(mel), 1e-5f);
    }

    @Test
    void shortestClipIsFiveSpectraLong() throws IOException {
        assertEquals(1280, encoder.minSamples());
        float[] clip = EncoderFiles.clip();
        assertEquals(64, encoder.encode(Arrays.copyOf(clip, 1280)).length);
        InvalidRequestException refused =
                assertThrows(InvalidRequestException.class, () -> encoder.encode(Arrays.copyOf(clip, 1279)));
        assertTrue(refused.getMessage().contains("samples=1279, minSamples=1280"), refused.getMessage());
    }
}
