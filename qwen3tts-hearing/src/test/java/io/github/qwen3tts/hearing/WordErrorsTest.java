package io.github.qwen3tts.hearing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordErrorsTest {

    @ParameterizedTest
    @CsvSource({
        "The old man told us a story., 'the old man told us a story', 0",
        "The old man told us a story., 'the old man told as a story', 1",
        "The old man told us a story., 'the old man told us story', 1",
        "The old man told us a story., 'the old old man told us a story', 1",
        "The old man told us a story., 'an old man told a tall story', 3",
        "The old man told us a story., '', 7"
    })
    void theFewestErrorsAreCounted(String text, String heard, int errors) {
        assertEquals(new WordErrors(errors, 7), WordErrors.of(text, TextNormalizer.words(heard)));
    }

    @Test
    void countsAddUpByWordsAndNotByTexts() {
        WordErrors sum = WordErrors.sum(List.of(new WordErrors(1, 2), new WordErrors(0, 8)));
        assertEquals(0.1, sum.rate());
    }

    @Test
    void noWordsHaveNoRate() {
        assertTrue(Double.isNaN(WordErrors.NONE.rate()));
    }
}
