package io.github.qwen3tts.internal.runtime;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import java.nio.file.Path;

/** An application that speaks until its process is told to end. */
final class EndlessApplication {

    private EndlessApplication() {}

    /** Says so when it has begun to speak; the argument is a checkpoint. */
    public static void main(String[] args) {
        try (TtsEngine engine = TtsEngine.builder(Path.of(args[0])).threads(2).build()) {
            SynthesisRequest request = SynthesisRequest.of("The lake is quiet.", Voice.named("ryan"));
            for (long seed = 0; ; seed++) {
                try (SpeechStream speech = engine.stream(request.withSeed(seed))) {
                    for (AudioChunk chunk : speech) {
                        System.out.println("speaking: " + chunk.firstFrame());
                    }
                }
            }
        }
    }
}
