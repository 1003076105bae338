package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.internal.text.Tokenizer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarkTextTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 25, 26, 200})
    void aTokenPerWordMakesAsManyTokensAsWanted(int tokens) {
        String text = BenchmarkText.of(tokens, words -> words.split(" ").length);
        assertEquals(tokens, text.split(" ").length);
    }

    @ParameterizedTest
    @ValueSource(ints = {25, 26, 27, 100})
    void aRealTokenizerComesNear(int tokens) {
        Tokenizer tokenizer = Tokenizer.load(MiniCheckpoints.directory("mini-base"), PretokenizerRule.QWEN2);
        int actual = tokenizer.encode(BenchmarkText.of(tokens, words -> tokenizer.encode(words).length)).length;
        assertTrue(actual <= tokens && actual >= tokens - 1, "actual=" + actual);
    }
}
