package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qwen3tts.api.InvalidRequestException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaxDurationTest {

    @ParameterizedTest
    @CsvSource({"20, PT20S", "20s, PT20S", "0.24s, PT0.24S", "1.5, PT1.5S", "1m30s, PT1M30S", "pt2m, PT2M"})
    void readsSecondsAndDurations(String text, Duration expected) {
        assertEquals(expected, MaxDuration.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "long", "20 s", "1e9", "s"})
    void refusesWhatIsNone(String text) {
        assertThrows(InvalidRequestException.class, () -> MaxDuration.parse(text));
    }
}
