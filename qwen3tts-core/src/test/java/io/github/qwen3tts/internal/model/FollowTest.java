package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.LanguageModel.Progress;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.prompt.PromptBuilder;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.text.GoldenFiles;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Speech whose codes are given. */
class FollowTest {

    private static final int FRAMES = 6;

    private final Checkpoint checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice-1b7"));
    private final List<String> names = new ArrayList<>();
    private final List<float[]> scores = new ArrayList<>();
    private final OrtLanguageModel model = OrtLanguageModel.open(
            OrtRuntime.start(new OrtRuntime.Threads(2, false)), checkpoint, Projections.FLOAT32, this::see);

    @AfterEach
    void close() {
        model.close();
    }

    private void see(String name, FloatBuffer values) {
        if (name.contains("_logits.")) {
            float[] copy = new float[values.remaining()];
            values.duplicate().get(copy);
            names.add(name);
            scores.add(copy);
        }
    }

    @Test
    void followingItsOwnSpeechScoresEveryDrawAsBefore() {
        GenerationOptions sampled = GenerationOptions.OFFICIAL.withMaxNewTokens(FRAMES + 1);
        int[] codes = codes(model.begin(prompt(), sampled, new LanguageModel.RandomKey(3, 0)), Progress.LIMIT);
        List<String> spokenNames = List.copyOf(names);
        List<float[]> spokenScores = List.copyOf(scores);
        names.clear();
        scores.clear();
        assertArrayEquals(codes, codes(model.follow(prompt(), codes), Progress.END_OF_SPEECH));
        assertEquals(FRAMES * 16 + 1, names.size());
        assertEquals(spokenNames, names);
        for (int i = 0; i < scores.size(); i++) {
            assertArrayEquals(spokenScores.get(i), scores.get(i), names.get(i));
        }
    }

    @Test
    void speaksCodesItWouldNeverDraw() {
        int[] codes = IntStream.range(0, FRAMES * 16).map(i -> i % 64).toArray();
        assertArrayEquals(codes, codes(model.follow(prompt(), codes), Progress.END_OF_SPEECH));
    }

    private int[] codes(LanguageModel.Generation speech, Progress end) {
        try (speech) {
            IntStream.Builder codes = IntStream.builder();
            model.step(List.of(speech));
            while (speech.progress() == Progress.FRAME) {
                IntStream.of(speech.codes()).forEach(codes);
                model.step(List.of(speech));
            }
            assertEquals(end, speech.progress());
            return codes.build().toArray();
        }
    }

    private Prompt prompt() {
        Tokenizer tokenizer = Tokenizer.load(checkpoint.directory(), PretokenizerRule.QWEN2);
        PromptBuilder prompts = new PromptBuilder(tokenizer, checkpoint.rules(100));
        return prompts.build(SynthesisRequest.of("Good morning.", Voice.any()));
    }
}
