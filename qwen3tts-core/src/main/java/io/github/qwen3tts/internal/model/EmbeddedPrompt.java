package io.github.qwen3tts.internal.model;

/**
 * The vectors of a prompt, as the talker's graph reads them.
 *
 * @param rows     {@code [positions * hidden]}: read before the first frame
 * @param prefix   how many leading rows are read in a pass of their own, so that their keys and values can be used again;
 *                 all in one pass if 0
 * @param trailing {@code [trailingRows * hidden]}: text side of the frames, one row each
 * @param pad      {@code [hidden]}: text side of the frames after those
 */
public record EmbeddedPrompt(float[] rows, int prefix, float[] trailing, float[] pad) {

    /**
     * To be read in one pass.
     *
     * @return the same rows
     */
    public EmbeddedPrompt inOnePass() {
        return new EmbeddedPrompt(rows, 0, trailing, pad);
    }

    /** Adds the text side of a frame. */
    void addTextSide(int frame, float[] row) {
        int width = pad.length;
        boolean padding = (long) frame * width >= trailing.length;
        float[] source = padding ? pad : trailing;
        int from = padding ? 0 : frame * width;
        for (int i = 0; i < width; i++) {
            row[i] += source[from + i];
        }
    }
}
