package io.github.qwen3tts.internal.text;

import java.util.Arrays;

/**
 * Turns pieces of text into token ids: the UTF-8 bytes of a piece are its first tokens, then the pair of neighbours
 * with the lowest rank, the leftmost of equals, is merged until no pair is left. Pairs wait in a heap and tokens are
 * a linked list, so a piece of n bytes takes O(n log n). One encoder serves one thread; the vocabulary is shared.
 */
final class BytePairEncoder {

    private static final int DEAD = -1; // no rank: the token was merged into the one on its left

    private final int[] byteIds; // [256]
    private final MergeTable merges;

    private int[] ids = new int[64];
    private int count;

    // The piece at work, one entry per byte. A token lives where its first byte is.
    private int[] tokens = new int[64];
    private int[] next = new int[64]; // where the token on the right lives; the length of the piece at its end
    private int[] previous = new int[64]; // where the token on the left lives; -1 at the start
    private int[] ranks = new int[64]; // of the pair (token, token on the right)
    private long[] heap = new long[64]; // rank of a pair in the high half, where it lives in the low half
    private int waiting; // entries in the heap; one whose rank is no longer that of its pair is stale

    BytePairEncoder(int[] byteIds, MergeTable merges) {
        this.byteIds = byteIds;
        this.merges = merges;
    }

    /** Appends one id. */
    void append(int id) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, 2 * count);
        }
        ids[count++] = id;
    }

    /** Appends the ids of one piece, the code points {@code [from, to)} of {@code text}. */
    void appendPiece(int[] text, int from, int to) {
        int length = toBytes(text, from, to);
        merge(length);
        for (int at = 0; at < length; at = next[at]) {
            append(tokens[at]);
        }
    }

    /** All ids appended so far. */
    int[] ids() {
        return Arrays.copyOf(ids, count);
    }

    private void merge(int length) {
        if (next.length < length) {
            next = new int[tokens.length];
            previous = new int[tokens.length];
            ranks = new int[tokens.length];
        }
        waiting = 0;
        for (int at = 0; at < length; at++) {
            next[at] = at + 1;
            previous[at] = at - 1;
        }
        for (int at = 0; at < length; at++) {
            rank(at, length);
        }
        while (waiting > 0) {
            long first = poll();
            int rank = (int) (first >>> 32);
            int left = (int) first;
            if (ranks[left] != rank) {
                continue;
            }
            int right = next[left];
            tokens[left] = merges.merged(rank);
            ranks[right] = DEAD;
            next[left] = next[right];
            if (next[left] < length) {
                previous[next[left]] = left;
            }
            rank(left, length);
            if (previous[left] >= 0) {
                rank(previous[left], length);
            }
        }
    }

    /** Looks up the pair that begins at a token, and lets it wait for its turn. */
    private void rank(int at, int length) {
        int right = next[at];
        int rank = right < length ? merges.rank(tokens[at], tokens[right]) : MergeTable.NO_MERGE;
        ranks[at] = rank;
        if (rank != MergeTable.NO_MERGE) {
            offer((long) rank << 32 | at);
        }
    }

    private void offer(long entry) {
        if (waiting == heap.length) {
            heap = Arrays.copyOf(heap, 2 * waiting);
        }
        int hole = waiting++;
        while (hole > 0) {
            int parent = hole - 1 >>> 1;
            if (heap[parent] <= entry) {
                break;
            }
            heap[hole] = heap[parent];
            hole = parent;
        }
        heap[hole] = entry;
    }

    private long poll() {
        long first = heap[0];
        long last = heap[--waiting];
        int hole = 0;
        for (int child = 1; child < waiting; child = 2 * hole + 1) {
            if (child + 1 < waiting && heap[child + 1] < heap[child]) {
                child++;
            }
            if (last <= heap[child]) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = last;
        return first;
    }

    /** Writes the UTF-8 bytes of a piece as tokens; returns their number. */
    private int toBytes(int[] text, int from, int to) {
        int n = 0;
        for (int i = from; i < to; i++) {
            int c = text[i];
            if (n + 4 > tokens.length) {
                tokens = Arrays.copyOf(tokens, 2 * tokens.length);
            }
            if (c < 0x80) {
                tokens[n++] = byteIds[c];
            } else if (c < 0x800) {
                tokens[n++] = byteIds[0xC0 | c >> 6];
                tokens[n++] = byteIds[0x80 | c & 0x3F];
            } else if (c < 0x10000) {
                tokens[n++] = byteIds[0xE0 | c >> 12];
                tokens[n++] = byteIds[0x80 | c >> 6 & 0x3F];
                tokens[n++] = byteIds[0x80 | c & 0x3F];
            } else {
                tokens[n++] = byteIds[0xF0 | c >> 18];
                tokens[n++] = byteIds[0x80 | c >> 12 & 0x3F];
                tokens[n++] = byteIds[0x80 | c >> 6 & 0x3F];
                tokens[n++] = byteIds[0x80 | c & 0x3F];
            }
        }
        return n;
    }
}
