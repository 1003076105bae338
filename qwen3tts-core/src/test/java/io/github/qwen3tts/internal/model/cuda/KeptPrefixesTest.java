package io.github.qwen3tts.internal.model.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.qwen3tts.internal.prompt.CodecSide;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.prompt.Prompt.Row;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class KeptPrefixesTest {

    private static final int GROUPS = 2;
    private static final List<Row> ROWS = List.of(
            new Row(1, new CodecSide.None()),
            new Row(2, new CodecSide.Speaker()),
            new Row(3, new CodecSide.Token(7)),
            new Row(4, new CodecSide.ReferenceFrame(0)),
            new Row(5, new CodecSide.ReferenceFrame(1)));

    private final KeptPrefixes prefixes = new KeptPrefixes(2);

    private static PromptPrefix prefix(int rows, float[] vector, int... codes) {
        return PromptPrefix.of(new Prompt(ROWS, rows, new int[1], 0, vector, codes), rows, GROUPS);
    }

    private static PromptPrefix prefix(int rows) {
        return prefix(rows, new float[] {1, 0}, 10, 11, 12, 13);
    }

    private void keep(PromptPrefix prefix) {
        prefixes.put(prefix, prefixes.vacate());
    }

    @Test
    void prefixesAreComparedByTheValuesOfTheirRows() {
        assertEquals(prefix(4), prefix(4));
        assertEquals(prefix(4).hashCode(), prefix(4).hashCode());
        assertNotEquals(prefix(4), prefix(3));
        assertNotEquals(prefix(4), prefix(4, new float[] {1, -0f}, 10, 11, 12, 13));
        assertNotEquals(prefix(4), prefix(4, new float[] {1, 0}, 10, 99, 12, 13));
        assertEquals(prefix(4), prefix(4, new float[] {1, 0}, 10, 11, 99, 99), "codes of a frame behind");
        assertEquals(prefix(1), prefix(1, new float[] {9, 9}), "a vector no row has");
    }

    @Test
    void whatChangesAfterwardsInTheCallersArraysIsNotSeen() {
        float[] vector = {1, 0};
        int[] codes = {10, 11, 12, 13};
        PromptPrefix kept = prefix(4, vector, codes);
        vector[0] = 5;
        codes[0] = 5;
        assertEquals(prefix(4), kept);
    }

    @Test
    void theLeastRecentlyUsedIsReplaced() {
        keep(prefix(1));
        keep(prefix(2));
        int place = prefixes.find(prefix(1)).orElseThrow();
        keep(prefix(3));
        assertEquals(OptionalInt.empty(), prefixes.find(prefix(2)));
        assertEquals(OptionalInt.of(place), prefixes.find(prefix(1)));
        assertEquals(OptionalInt.of(1 - place), prefixes.find(prefix(3)));
    }

    @Test
    void nothingIsFoundAtAPlaceThatWasNotFilled() {
        keep(prefix(1));
        keep(prefix(2));
        int place = prefixes.vacate();
        assertEquals(OptionalInt.empty(), prefixes.find(prefix(1)));
        assertEquals(place, prefixes.vacate(), "still to be had");
        assertEquals(OptionalInt.of(1 - place), prefixes.find(prefix(2)));
    }
}
