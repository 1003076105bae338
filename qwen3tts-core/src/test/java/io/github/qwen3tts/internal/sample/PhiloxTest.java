package io.github.qwen3tts.internal.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhiloxTest {

    @Test
    void givesThePublishedBlockForZeros() {
        assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, block(new int[4], new int[2]));
    }

    @Test
    void givesThePublishedBlockForOnes() {
        assertArrayEquals(
                new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
                block(new int[] {-1, -1, -1, -1}, new int[] {-1, -1}));
    }

    @Test
    void givesThePublishedBlockForTheDigitsOfPi() {
        assertArrayEquals(
                new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
                block(new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, new int[] {0xa4093822, 0x299f31d0}));
    }

    private static int[] block(int[] counter, int[] key) {
        int[] words = new int[4];
        for (int lane = 0; lane < 4; lane++) {
            words[lane] = Philox.word(lane, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
        }
        return words;
    }

    @Test
    void packsSeedStreamFrameAndGroupAsDocumented() {
        long seed = 0x0123456789abcdefL;
        long stream = 0xfedcba9876543210L;
        for (int group = 0; group < 16; group++) {
            int word = Philox.word(group % 4, 77, group / 4, 0x76543210, 0xfedcba98, 0x89abcdef, 0x01234567);
            assertEquals((word >>> 8) / 16777216f, Philox.uniform(seed, stream, 77, group));
        }
    }

    @Test
    void drawsTheNumbersThatEveryBackEndDraws() {
        // The first block of the zero key, word by word, then one number that uses every input.
        assertEquals(0x6627e8 * 0x1p-24f, Philox.uniform(0, 0, 0, 0));
        assertEquals(0xe169c5 * 0x1p-24f, Philox.uniform(0, 0, 0, 1));
        assertEquals(0xbc57ac * 0x1p-24f, Philox.uniform(0, 0, 0, 2));
        assertEquals(0x9b00db * 0x1p-24f, Philox.uniform(0, 0, 0, 3));
        assertEquals(0xb7df7b * 0x1p-24f, Philox.uniform(0x0123456789abcdefL, 0xfedcba9876543210L, 77, 14));
    }

    @Test
    void everyInputMatters() {
        float base = Philox.uniform(1, 2, 3, 4);
        assertNotEquals(base, Philox.uniform(2, 2, 3, 4));
        assertNotEquals(base, Philox.uniform(1 + (1L << 32), 2, 3, 4));
        assertNotEquals(base, Philox.uniform(1, 3, 3, 4));
        assertNotEquals(base, Philox.uniform(1, 2 + (1L << 32), 3, 4));
        assertNotEquals(base, Philox.uniform(1, 2, 4, 4));
        assertNotEquals(base, Philox.uniform(1, 2, 3, 5));
        assertNotEquals(base, Philox.uniform(1, 2, 3, 8));
    }

    @Test
    void neighbouringFramesAndGroupsShareNoNumber() {
        Set<Float> seen = new HashSet<>();
        for (int frame = 0; frame < 50; frame++) {
            for (int group = 0; group < 16; group++) {
                assertTrue(seen.add(Philox.uniform(5, 0, frame, group)), "frame=" + frame + ", group=" + group);
            }
        }
    }

    @Test
    void numbersFillTheUnitIntervalEvenly() {
        int[] bins = new int[100];
        int draws = 0;
        for (int stream = 0; stream < 10; stream++) {
            for (int frame = 0; frame < 1000; frame++) {
                for (int group = 0; group < 16; group++) {
                    float uniform = Philox.uniform(42, stream, frame, group);
                    assertTrue(uniform >= 0 && uniform < 1);
                    bins[(int) (uniform * 100)]++;
                    draws++;
                }
            }
        }
        double chiSquare = 0;
        double expected = draws / 100.0;
        for (int bin : bins) {
            chiSquare += (bin - expected) * (bin - expected) / expected;
        }
        // 99 degrees of freedom: 1 in 10^5 is above 161, and evenness beyond chance is below 52.
        assertTrue(chiSquare < 161 && chiSquare > 52, "chiSquare=" + chiSquare);
    }
}
