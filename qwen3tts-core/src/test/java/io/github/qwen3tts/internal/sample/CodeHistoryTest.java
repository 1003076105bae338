package io.github.qwen3tts.internal.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodeHistoryTest {

    @Test
    void walksEachCodeOnceInAscendingOrder() {
        CodeHistory history = new CodeHistory(3072);
        int[] drawn = {2150, 0, 63, 64, 63, 3071, 64, 127};
        for (int code : drawn) {
            history.add(code);
        }
        List<Integer> walked = new ArrayList<>();
        for (int code = history.next(0); code >= 0; code = history.next(code + 1)) {
            walked.add(code);
        }
        assertEquals(List.of(0, 63, 64, 127, 2150, 3071), walked);
        assertEquals(drawn.length, history.size());
    }

    @Test
    void aNewHistoryIsEmpty() {
        CodeHistory history = new CodeHistory(64);
        assertEquals(0, history.size());
        assertEquals(-1, history.next(0));
    }

    @Test
    void theWalkEndsAtAVocabularyThatFillsItsLastWord() {
        CodeHistory history = new CodeHistory(64);
        history.add(63);
        assertEquals(63, history.next(0));
        assertEquals(-1, history.next(64));
    }
}
