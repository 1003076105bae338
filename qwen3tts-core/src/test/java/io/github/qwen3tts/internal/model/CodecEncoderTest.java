package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.graph.CodecEncoderGraph.Span;
import io.github.qwen3tts.internal.onnx.Plain;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodecEncoderTest {

    private static final Checkpoint CHECKPOINT = EncoderFiles.checkpoint();
    private static final int WINDOW = CHECKPOINT.codec().encoder().window();

    /** The last clip's latents. */
    private float[] latents;

    private CodecEncoder open(Span span) {
        return CodecEncoder.open(EncoderFiles.runtime(), CHECKPOINT, span, this::see);
    }

    private void see(String name, FloatBuffer values) {
        latents = new float[values.remaining()];
        values.get(latents);
    }

    @Test
    void codesOfAClipAreTheOfficialOnes() throws IOException {
        try (CodecEncoder encoder = open(Span.WHOLE_CLIP)) {
            assertArrayEquals(EncoderFiles.goldenCodes(), encoder.encode(EncoderFiles.clip()));
            assertArrayEquals(EncoderFiles.goldenFloats("encoder_latents"), latents, 5e-5f);
        }
    }

    /** Below and above the length of one run, whole frames and begun ones. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 959, 960, 961, 1920, 1921, 23_999, 24_000, 24_001, 30_000})
    void graphEqualsPlainLoops(int samples) {
        float[] clip = noise(samples);
        try (CodecEncoder encoder = open(Span.WHOLE_CLIP)) {
            encoder.encode(clip);
        }
        assertArrayEquals(new PlainCodecEncoder(CHECKPOINT).latents(clip, Integer.MAX_VALUE), latents, 1e-5f);
    }

    /** 260 rows, the window being 250. */
    @Test
    void attentionSeesTheWholeClipOrTheTrainingWindow() {
        float[] clip = noise(260 * 960);
        PlainCodecEncoder plain = new PlainCodecEncoder(CHECKPOINT);
        try (CodecEncoder encoder = open(Span.WHOLE_CLIP)) {
            encoder.encode(clip);
        }
        float[] wholeClip = latents;
        assertArrayEquals(plain.latents(clip, Integer.MAX_VALUE), wholeClip, 1e-5f);
        try (CodecEncoder encoder = open(Span.TRAINING_WINDOW)) {
            encoder.encode(clip);
        }
        float[] window = latents;
        assertArrayEquals(plain.latents(clip, WINDOW), window, 1e-5f);
        int untilWindow =
                WINDOW / 2 * CHECKPOINT.codec().encoder().transformer().hidden();
        assertArrayEquals(
                Arrays.copyOf(wholeClip, untilWindow), Arrays.copyOf(window, untilWindow), 1e-6f, "below the window");
        assertFalse(Arrays.equals(wholeClip, window), "beyond it");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1920, 1", "1921, 2", "5000, 3", "30000, 16"})
    void everyBegunFrameCounts(int samples, int frames) {
        try (CodecEncoder encoder = open(Span.WHOLE_CLIP)) {
            assertEquals(frames, encoder.frames(samples));
            assertEquals(frames * 16, encoder.encode(noise(samples)).length);
        }
    }

    @Test
    void refusesAnEmptyClip() {
        try (CodecEncoder encoder = open(Span.WHOLE_CLIP)) {
            String message = assertThrows(InvalidRequestException.class, () -> encoder.encode(new float[0]))
                    .getMessage();
            assertTrue(message.contains("samples=0"), message);
        }
    }

    private static float[] noise(int samples) {
        float[] noise = Plain.random(samples, samples);
        for (int i = 0; i < samples; i++) {
            noise[i] *= 0.2f;
        }
        return noise;
    }
}
