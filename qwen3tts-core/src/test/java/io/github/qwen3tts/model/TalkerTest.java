package io.github.qwen3tts.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.model.graph.Projections;
import io.github.qwen3tts.model.graph.TalkerGraph;
import io.github.qwen3tts.onnx.Plain;
import io.github.qwen3tts.runtime.OrtRuntime;
import io.github.qwen3tts.text.GoldenFiles;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The talker of a mini checkpoint, in one pass and step by step. */
class TalkerTest {

    /** Logits reach 20 here: 1e-5 of that, for sums in another order. */
    private static final float TOLERANCE = 2e-4f;

    /** More than the cache holds at first, so that it moves on the way. */
    private static final int POSITIONS = 400;

    private static Talker talker;
    private static int width;
    private static float[] embeddings;

    @BeforeAll
    static void open() {
        OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
        Checkpoint checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice"));
        width = checkpoint.config().talker().transformer().hidden();
        talker = Talker.open(runtime, checkpoint, Projections.FLOAT32, TalkerGraph.Taps.NONE);
        embeddings = Plain.random(5, (long) POSITIONS * width);
    }

    @AfterAll
    static void close() {
        talker.close();
    }

    @Test
    void stepsEqualOnePassHoweverLongTheyGoOn() {
        float[][] logits = new float[POSITIONS][];
        try (Talker.State steps = talker.new State(1)) {
            steps.prefill(rows(0, 1), Tap.NONE);
            for (int position = 1; position < POSITIONS; position++) {
                steps.step(rows(position, 1));
                logits[position] = copy(steps.logits());
            }
        }
        for (int prompt : new int[] {2, 100, 192, 193, POSITIONS}) {
            try (Talker.State once = talker.new State(prompt)) {
                once.prefill(rows(0, prompt), Tap.NONE);
                assertArrayEquals(logits[prompt - 1], copy(once.logits()), TOLERANCE, prompt + " at once");
            }
        }
    }

    @Test
    void twoStreamsInTurnDoNotHearEachOther() {
        try (Talker.State alone = talker.new State(3);
                Talker.State first = talker.new State(3);
                Talker.State second = talker.new State(1)) {
            alone.prefill(rows(0, 3), Tap.NONE);
            first.prefill(rows(0, 3), Tap.NONE);
            second.prefill(rows(9, 1), Tap.NONE);
            for (int position = 3; position < 20; position++) {
                alone.step(rows(position, 1));
            }
            for (int position = 3; position < 20; position++) {
                first.step(rows(position, 1));
                second.step(rows(POSITIONS - position, 1));
            }
            assertArrayEquals(copy(alone.logits()), copy(first.logits()));
            assertArrayEquals(copy(alone.hidden()), copy(first.hidden()));
        }
    }

    private static float[] rows(int from, int count) {
        return Arrays.copyOfRange(embeddings, from * width, (from + count) * width);
    }

    private static float[] copy(FloatBuffer values) {
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return copy;
    }
}
