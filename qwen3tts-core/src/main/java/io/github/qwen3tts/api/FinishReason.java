package io.github.qwen3tts.api;

/** Why a speech is over. */
public enum FinishReason {
    /** The model ended it. */
    END_OF_SPEECH,
    /** The limit of frames cut it off; the text may not have been spoken to its end. */
    FRAME_LIMIT,
    /** The stream was closed before. */
    CANCELLED
}
