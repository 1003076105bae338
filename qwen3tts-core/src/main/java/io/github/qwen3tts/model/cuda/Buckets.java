package io.github.qwen3tts.model.cuda;

/** Numbers of rows that frames and pieces of prompts are captured for: powers of two. */
final class Buckets {

    /** The smallest bucket of a prompt. */
    static final int FEWEST_PROMPT_ROWS = 16;

    private Buckets() {}

    /** The smallest bucket that takes {@code rows} in, {@code >= 1}. */
    static int of(int rows) {
        return rows == 1 ? 1 : Integer.highestOneBit(rows - 1) * 2;
    }

    /** The same for a piece of a prompt. */
    static int ofPrompt(int rows) {
        return Math.max(FEWEST_PROMPT_ROWS, of(rows));
    }
}
