package io.github.qwen3tts.internal.prompt;

import io.github.qwen3tts.internal.Check;
import java.util.List;

/**
 * A prompt as the talker reads it. The rows are read before the first frame of speech; each frame then adds one text id:
 * first those of {@code trailing}, then {@code pad} for ever. The arrays are shared and must not be written to.
 *
 * @param rows           one per position
 * @param prefix         leading rows before the first one of the text: instruction, role, language, speaker, and the
 *                       transcript of a reference. They do not depend on the text, except for line breaks at its start,
 *                       which the role may take in
 * @param trailing       text ids of the first frames, at least one
 * @param pad            text id of the frames after those
 * @param speakerVector  {@code [hidden]} if a row has a {@link CodecSide.Speaker}, else empty
 * @param referenceCodes {@code [frames * codeGroups]} of the rows with a {@link CodecSide.ReferenceFrame}, else empty
 */
public record Prompt(List<Row> rows, int prefix, int[] trailing, int pad, float[] speakerVector, int[] referenceCodes) {

    /**
     * Copies the rows.
     *
     * @throws io.github.qwen3tts.api.InvalidRequestException if the prefix is longer than the prompt
     */
    public Prompt {
        rows = List.copyOf(rows);
        Check.argument(prefix >= 0 && prefix <= rows.size(), "prefix must lie inside the prompt", "prefix", prefix);
    }

    /**
     * One position: the projected embedding of a text id plus the embedding of the codec side.
     *
     * @param text  the text id
     * @param codec the codec side
     */
    public record Row(int text, CodecSide codec) {}

    /**
     * Length of the prompt.
     *
     * @return positions
     */
    public int positions() {
        return rows.size();
    }

    /**
     * Returns a prompt that shares another number of leading rows with other prompts.
     *
     * @param prefix {@code 0 .. positions}; 0 keeps all rows from being reused
     * @return the changed copy
     */
    public Prompt withPrefix(int prefix) {
        return new Prompt(rows, prefix, trailing, pad, speakerVector, referenceCodes);
    }
}
