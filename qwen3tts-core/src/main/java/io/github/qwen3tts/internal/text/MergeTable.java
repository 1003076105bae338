package io.github.qwen3tts.internal.text;

import java.util.Arrays;

/**
 * The merges of a byte-pair vocabulary: which two neighbouring tokens become one, and which pair goes first. An
 * open-addressed hash table, since a lookup per pair of bytes is what encoding text costs. Filled once, then read only.
 */
final class MergeTable {

    /** The rank of a pair that is never merged; above every real rank. */
    static final int NO_MERGE = Integer.MAX_VALUE;

    private static final long EMPTY = -1L;
    private static final long MIXER = 0x9E3779B97F4A7C15L; // 2^64 / golden ratio: spreads neighbouring ids

    private final long[] pairs; // left id in the high half, right id in the low half
    private final int[] ranks; // of the pair in the same slot
    private final int[] merged; // [rank], the id the pair becomes
    private final int shift;
    private int size;

    /** An empty table with room for {@code capacity} merges. */
    MergeTable(int capacity) {
        int bits = 64 - Long.numberOfLeadingZeros(Math.max(1L, capacity * 3L / 2)); // at most two thirds full
        pairs = new long[1 << bits];
        Arrays.fill(pairs, EMPTY);
        ranks = new int[pairs.length];
        merged = new int[capacity];
        shift = 64 - bits;
    }

    /** Adds the merge of the next rank; false if the pair is there already. */
    boolean add(int left, int right, int mergedId) {
        int slot = slot(left, right);
        if (pairs[slot] != EMPTY) {
            return false;
        }
        pairs[slot] = pair(left, right);
        ranks[slot] = size;
        merged[size++] = mergedId;
        return true;
    }

    /** The rank of a pair, lower goes first, or {@link #NO_MERGE}. */
    int rank(int left, int right) {
        int slot = slot(left, right);
        return pairs[slot] == EMPTY ? NO_MERGE : ranks[slot];
    }

    /** The id that the pair of this rank becomes. */
    int merged(int rank) {
        return merged[rank];
    }

    /** Where the pair is, or the free slot where it would be. */
    private int slot(int left, int right) {
        long pair = pair(left, right);
        int slot = (int) (pair * MIXER >>> shift);
        while (pairs[slot] != pair && pairs[slot] != EMPTY) {
            slot = slot + 1 & pairs.length - 1;
        }
        return slot;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }
}
