package io.github.qwen3tts.internal.sample;

/**
 * Which codes of group 0 a stream has drawn, and how many. State of one stream: a new stream gets a new one. Not for
 * two threads at once.
 */
public final class CodeHistory {

    private final long[] drawn; // bit set over the vocabulary
    private int size;

    /**
     * Nothing drawn yet.
     *
     * @param vocabulary codes are in {@code [0, vocabulary)}
     */
    public CodeHistory(int vocabulary) {
        drawn = new long[(vocabulary + Long.SIZE - 1) / Long.SIZE];
    }

    /**
     * Remembers a draw.
     *
     * @param code the code drawn, in {@code [0, vocabulary)}
     */
    public void add(int code) {
        drawn[code >> 6] |= 1L << code;
        size++;
    }

    /**
     * How many draws there were.
     *
     * @return calls of {@link #add}, repeated codes included
     */
    public int size() {
        return size;
    }

    /**
     * The first drawn code at or after another, for a walk over all of them in ascending order, each once.
     *
     * @param from where to start, {@code >= 0}
     * @return the code, or -1 if there is none
     */
    public int next(int from) {
        int word = from >> 6;
        if (word >= drawn.length) {
            return -1;
        }
        long bits = drawn[word] & (-1L << from);
        while (bits == 0) {
            if (++word == drawn.length) {
                return -1;
            }
            bits = drawn[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }
}
