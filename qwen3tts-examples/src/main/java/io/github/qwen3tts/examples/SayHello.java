package io.github.qwen3tts.examples;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.Speech;
import java.io.IOException;
import java.nio.file.Path;

class SayHello {
    public static void main(String[] args) throws IOException {
        try (TtsEngine engine = TtsEngine.open("demo")) {
            Speech speech = engine.speak("Good morning.");
            speech.save(Path.of("hello.wav")); // 24 kHz, mono; the ending of the name selects the format
            System.out.println(speech.stats()); // why it ended, frames, time to first audio, speed, seed
        }
    }
}
