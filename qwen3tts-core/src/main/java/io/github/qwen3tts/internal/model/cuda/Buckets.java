package io.github.qwen3tts.internal.model.cuda;

/** Numbers of rows that frames are captured for: powers of two. */
final class Buckets {

    private Buckets() {}

    /** The smallest bucket that takes {@code rows} in, {@code >= 1}. */
    static int of(int rows) {
        return rows == 1 ? 1 : Integer.highestOneBit(rows - 1) * 2;
    }
}
