package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrefixCacheTest {

    private static final float[] A = {1, 2};
    private static final float[] B = {1, 3};
    private static final float[] C = {1};

    @Test
    void findsByTheNumbersOfTheRows() {
        PrefixCache prefixes = new PrefixCache(100);
        float[] copied = new float[5];
        prefixes.keep(A, copied);
        assertSame(copied, prefixes.find(A.clone()).orElseThrow());
        assertEquals(Optional.empty(), prefixes.find(B));
        assertEquals(Optional.empty(), prefixes.find(C));
    }

    @Test
    void whatWasUsedLeastRecentlyGoesWhenRoomRunsOut() {
        PrefixCache prefixes = new PrefixCache(48);
        prefixes.keep(A, new float[5]);
        prefixes.keep(B, new float[5]);
        prefixes.find(A);
        prefixes.keep(C, new float[5]);
        assertEquals(Optional.empty(), prefixes.find(B));
        assertEquals(5, prefixes.find(A).orElseThrow().length);
        assertEquals(5, prefixes.find(C).orElseThrow().length);
        prefixes.keep(B, new float[12]);
        assertEquals(Optional.empty(), prefixes.find(A));
        assertEquals(Optional.empty(), prefixes.find(C));
        assertEquals(12, prefixes.find(B).orElseThrow().length);
    }

    @Test
    void whatTakesAllTheRoomAloneIsNotKept() {
        PrefixCache prefixes = new PrefixCache(48);
        prefixes.keep(A, new float[5]);
        prefixes.keep(B, new float[13]);
        assertEquals(Optional.empty(), prefixes.find(B));
        assertEquals(5, prefixes.find(A).orElseThrow().length);
    }
}
