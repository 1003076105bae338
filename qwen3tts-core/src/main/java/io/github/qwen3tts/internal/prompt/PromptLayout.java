package io.github.qwen3tts.internal.prompt;

import io.github.qwen3tts.internal.Check;
import java.util.List;

/**
 * A prompt as the talker reads it. The rows go in before the first frame of speech; each frame then brings one more
 * text id along, first those of {@code trailing}, then {@code pad} for ever. Read only.
 *
 * @param rows     one per position
 * @param prefix   leading rows before the first one of the text: instruction, role, language, speaker, and the
 *                 transcript of a clip. The text has no part in them, but for line breaks it begins with, which the role
 *                 may take in
 * @param trailing text ids of the first frames, at least one
 * @param pad      text id of the frames after those
 * @param tokens   the templates the rows were made from
 */
public record PromptLayout(List<Row> rows, int prefix, int[] trailing, int pad, PromptTokens tokens) {

    /**
     * Copies the rows.
     *
     * @throws io.github.qwen3tts.api.InvalidRequestException if the prefix is longer than the prompt
     */
    public PromptLayout {
        rows = List.copyOf(rows);
        Check.argument(prefix >= 0 && prefix <= rows.size(), "prefix must lie inside the prompt", "prefix", prefix);
    }

    /**
     * One position: the projected embedding of a text id, plus what stands on the codec side.
     *
     * @param text  the text id
     * @param codec the codec side
     */
    public record Row(int text, CodecSide codec) {}
}
