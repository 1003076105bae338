/** Audio: reading clips, writing speech, playing it. No model, no network. */
module io.github.qwen3tts.audio {
    requires transitive java.desktop; // javax.sound
    requires static org.bytedeco.ffmpeg;
    requires static org.bytedeco.javacpp;
    requires static transitive org.jspecify;

    exports io.github.qwen3tts.audio;
    exports io.github.qwen3tts.audio.internal to
            io.github.qwen3tts,
            io.github.qwen3tts.server;
    exports io.github.qwen3tts.audio.internal.dsp to
            io.github.qwen3tts,
            io.github.qwen3tts.server;
}
