package io.github.qwen3tts.prompt;

import java.util.List;

/**
 * A prompt as the talker reads it. The rows go in before the first frame of speech; each frame then brings one more
 * text id along, first those of {@code trailing}, then {@code pad} for ever. Read only.
 *
 * @param rows     one per position
 * @param trailing text ids of the first frames, at least one
 * @param pad      text id of the frames after those
 * @param tokens   the templates the rows were made from
 */
public record PromptLayout(List<Row> rows, int[] trailing, int pad, PromptTokens tokens) {

    public PromptLayout {
        rows = List.copyOf(rows);
    }

    /**
     * One position: the projected embedding of a text id, plus what stands on the codec side.
     *
     * @param text  the text id
     * @param codec the codec side
     */
    public record Row(int text, CodecSide codec) {}
}
