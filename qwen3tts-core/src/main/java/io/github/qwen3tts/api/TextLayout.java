package io.github.qwen3tts.api;

/** How text enters the model. Audio can be streamed in every layout. */
public enum TextLayout {
    /** As the official code does: non-streaming for CustomVoice and VoiceDesign, streaming for Base. */
    MODEL_DEFAULT,
    /** One token along with every frame: text may outrun speech in long texts. */
    STREAMING,
    /** The whole text before the first frame. */
    NON_STREAMING
}
