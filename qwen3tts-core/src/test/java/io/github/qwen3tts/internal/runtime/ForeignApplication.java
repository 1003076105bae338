package io.github.qwen3tts.internal.runtime;

import ai.onnxruntime.OrtEnvironment;
import io.github.qwen3tts.Frames;
import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An application that has started ONNX Runtime for itself before it speaks. */
final class ForeignApplication {

    private ForeignApplication() {}

    /** What is spoken. */
    static Speech speak(Path checkpoint, boolean spinning) {
        try (TtsEngine engine =
                TtsEngine.builder(checkpoint).threads(2).spinning(spinning).build()) {
            return engine.speak(SynthesisRequest.of("The lake is quiet.", Voice.named("ryan"))
                    .withMaxDuration(Frames.of(7))
                    .withSeed(7));
        }
    }

    /** Speaks twice, each time with an engine of its own, whose threads spin the second time: arguments are a checkpoint and a file for the samples. */
    public static void main(String[] args) throws IOException {
        try (OrtEnvironment mine = OrtEnvironment.getEnvironment("application")) {
            Speech first = speak(Path.of(args[0]), false);
            Speech second = speak(Path.of(args[0]), true);
            try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(Path.of(args[1])))) {
                for (Speech speech : new Speech[] {first, second}) {
                    for (float sample : speech.audio().samples()) {
                        out.writeFloat(sample);
                    }
                }
            }
            System.out.println("shared="
                    + OrtRuntime.start(new OrtRuntime.Threads(2, false)).sharesOnePool() + ", environment=" + mine);
        }
    }
}
