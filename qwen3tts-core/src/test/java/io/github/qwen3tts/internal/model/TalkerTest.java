package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.model.graph.TalkerGraph;
import io.github.qwen3tts.internal.onnx.Plain;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            steps.prefill(rows(0, 1), 0, TensorListener.NONE);
            for (int position = 1; position < POSITIONS; position++) {
                steps.step(rows(position, 1));
                logits[position] = copy(steps.logits());
            }
        }
        for (int prompt : new int[] {2, 100, 192, 193, POSITIONS}) {
            try (Talker.State once = talker.new State(prompt)) {
                once.prefill(rows(0, prompt), 0, TensorListener.NONE);
                assertArrayEquals(logits[prompt - 1], copy(once.logits()), TOLERANCE, prompt + " at once");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 39})
    void aPrefixThatWasReadBeforeIsNotReadAgainAndGivesTheSameNumbers(int prefix) {
        float[] prompt = rows(20, 40);
        List<Integer> passes = new ArrayList<>();
        TensorListener listener = (name, values) -> passes.add(values.remaining() / width);
        try (Talker.State once = talker.new State(40);
                Talker.State first = talker.new State(40);
                Talker.State again = talker.new State(40)) {
            once.prefill(prompt, 0, TensorListener.NONE);
            first.prefill(prompt, prefix, listener);
            again.prefill(prompt, prefix, listener);
            assertEquals(List.of(prefix, 40 - prefix, 40 - prefix), passes);
            assertArrayEquals(copy(once.logits()), copy(first.logits()), TOLERANCE);
            assertArrayEquals(copy(first.logits()), copy(again.logits()));
            assertArrayEquals(copy(first.hidden()), copy(again.hidden()));
            for (int position = 60; position < 80; position++) {
                first.step(rows(position, 1));
                again.step(rows(position, 1));
            }
            assertArrayEquals(copy(first.logits()), copy(again.logits()));
        }
    }

    @Test
    void aPrefixThatDiffersInOneNumberIsReadItself() {
        float[] prompt = rows(100, 30);
        float[] other = prompt.clone();
        other[3 * width] += 0.5f;
        try (Talker.State state = talker.new State(30);
                Talker.State stateOfOther = talker.new State(30);
                Talker.State once = talker.new State(30)) {
            state.prefill(prompt, 8, TensorListener.NONE);
            stateOfOther.prefill(other, 8, TensorListener.NONE);
            once.prefill(other, 0, TensorListener.NONE);
            assertArrayEquals(copy(once.logits()), copy(stateOfOther.logits()), TOLERANCE);
            assertFalse(Arrays.equals(copy(state.logits()), copy(stateOfOther.logits())));
        }
    }

    @Test
    void aPromptThatIsAllPrefixIsReadInOnePass() {
        try (Talker.State state = talker.new State(5);
                Talker.State once = talker.new State(5)) {
            state.prefill(rows(0, 5), 5, TensorListener.NONE);
            once.prefill(rows(0, 5), 0, TensorListener.NONE);
            assertArrayEquals(copy(once.logits()), copy(state.logits()));
        }
    }

    @Test
    void twoStreamsInTurnDoNotHearEachOther() {
        try (Talker.State alone = talker.new State(3);
                Talker.State first = talker.new State(3);
                Talker.State second = talker.new State(1)) {
            alone.prefill(rows(0, 3), 0, TensorListener.NONE);
            first.prefill(rows(0, 3), 0, TensorListener.NONE);
            second.prefill(rows(9, 1), 0, TensorListener.NONE);
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
