/** The speech engine: a released Qwen3-TTS checkpoint in, streamed speech out. */
module io.github.qwen3tts {
    requires transitive io.github.qwen3tts.audio;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires com.microsoft.onnxruntime;
    requires java.management;
    requires java.net.http;
    requires jdk.jfr;
    requires jdk.management;
    requires static org.bytedeco.cuda;
    requires static org.bytedeco.javacpp;
    requires static transitive org.jspecify;

    exports io.github.qwen3tts;
    exports io.github.qwen3tts.api;
    exports io.github.qwen3tts.config;
    exports io.github.qwen3tts.hub;
    exports io.github.qwen3tts.internal.text to
            io.github.qwen3tts.server;

    uses io.github.qwen3tts.hub.BundledModel;
}
