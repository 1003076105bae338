package io.github.qwen3tts.internal.prompt;

/** What is added to the text side of a position of the prompt. */
public sealed interface CodecSide {

    /** Nothing. */
    record None() implements CodecSide {}

    /**
     * A row of the talker's codec embedding.
     *
     * @param id the row
     */
    record Token(int id) implements CodecSide {}

    /** The speaker vector, as the speaker encoder gave it. */
    record Speaker() implements CodecSide {}

    /**
     * A frame of the clip that the speech continues: the sum of the embeddings of its codes, each group from its own
     * table.
     *
     * @param frame index of the frame, from 0
     */
    record ReferenceFrame(int frame) implements CodecSide {}
}
