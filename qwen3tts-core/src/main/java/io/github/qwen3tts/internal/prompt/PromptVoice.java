package io.github.qwen3tts.internal.prompt;

/** Whose voice a prompt asks for. Vectors and codes themselves stay outside; the layout only says where they go. */
public sealed interface PromptVoice {

    /** Any voice: the model makes one up, from the instruction if there is one. */
    record Unnamed() implements PromptVoice {}

    /**
     * A speaker of the checkpoint.
     *
     * @param speaker its name, in any case
     */
    record Preset(String speaker) implements PromptVoice {}

    /** The voice of a speaker vector. */
    record Vector() implements PromptVoice {}

    /**
     * The voice of a speaker vector and of a clip that the speech continues (in-context cloning).
     *
     * @param transcript what is said in the whole clip
     * @param frames     code frames of the clip, {@code >= 1}
     */
    record Continued(String transcript, int frames) implements PromptVoice {}
}
