package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph;
import io.github.qwen3tts.internal.model.graph.CodecMatrices;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrtCodecDecoderTest {

    private static final Checkpoint CHECKPOINT = EncoderFiles.checkpoint();
    private static final int GROUPS = CHECKPOINT.codec().decoder().codeGroups();
    private static final int AFTER = 12;

    private static OrtCodecDecoder decoder;

    @BeforeAll
    static void open() {
        decoder = OrtCodecDecoder.open(EncoderFiles.runtime(), CHECKPOINT, CodecMatrices.FLOAT32);
    }

    @AfterAll
    static void close() {
        decoder.close();
    }

    /** By the kernels and rates of the released codec: 18009 samples, and a frame has 1920. */
    @Test
    void audioDependsOnTheLatentsOfTenFrames() {
        assertEquals(10, CodecDecoderGraph.memory(CHECKPOINT.codec()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 10, 11, 40, 90})
    void readingFramesLeadsToTheStateThatDecodingThemDoes(int frames) {
        int[] reference = codes(frames);
        float[] expected;
        try (CodecDecoder.State state = decoder.start()) {
            decoder.decode(reference, frames, state, new float[frames * 1920], 0);
            expected = next(state);
        }
        try (CodecDecoder.State state = decoder.start()) {
            decoder.read(reference, frames, state);
            assertEquals(frames, state.frames());
            assertArrayEquals(expected, next(state), 1e-5f);
        }
    }

    private static float[] next(CodecDecoder.State state) {
        float[] samples = new float[AFTER * 1920];
        decoder.decode(codes(AFTER), AFTER, state, samples, 0);
        return samples;
    }

    private static int[] codes(int frames) {
        int size = CHECKPOINT.codec().decoder().codebookSize();
        return new Random(frames).ints((long) frames * GROUPS, 0, size).toArray();
    }
}
