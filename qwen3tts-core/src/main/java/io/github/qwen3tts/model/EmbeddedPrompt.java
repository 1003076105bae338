package io.github.qwen3tts.model;

/**
 * A prompt as the talker reads it.
 *
 * @param rows     {@code [positions * hidden]}: read in one pass before the first frame
 * @param trailing {@code [trailingRows * hidden]}: text side of the frames, one row each
 * @param pad      {@code [hidden]}: text side of the frames after those
 */
public record EmbeddedPrompt(float[] rows, float[] trailing, float[] pad) {

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
