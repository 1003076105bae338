package io.github.qwen3tts.hearing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextNormalizerTest {

    @Test
    void punctuationAndCaseAreDropped() {
        assertEquals(
                List.of("well", "it's", "o'clock", "cause", "re", "read", "this"),
                TextNormalizer.words("Well \u2013 it\u2019s o'clock, 'cause: \"re-read\" THIS!"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, zero",
        "13, thirteen",
        "25, twenty five",
        "100, one hundred",
        "342, three hundred forty two",
        "2005, two thousand five",
        "'1,200,000', one million two hundred thousand",
        "3.05, three point zero five",
        "007, zero zero seven",
        "12345678901, one two three four five six seven eight nine zero one",
        "50% & more, fifty percent and more",
        "Mr. Smith, mister smith"
    })
    void numbersAndSymbolsAreSpelledOut(String text, String words) {
        assertEquals(words, String.join(" ", TextNormalizer.words(text)));
    }
}
