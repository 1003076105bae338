package io.github.qwen3tts.bench.synth;

/** Which kind of voice a checkpoint speaks with. */
public enum VoiceKind {
    /** Clones the voice of a clip. */
    BASE("base"),
    /** Has preset speakers. */
    CUSTOM_VOICE("custom_voice"),
    /** Makes a voice from a description. */
    VOICE_DESIGN("voice_design");

    private final String published;

    VoiceKind(String published) {
        this.published = published;
    }

    String published() {
        return published;
    }
}
