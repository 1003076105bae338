package io.github.qwen3tts.examples;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.AudioSink;
import java.io.IOException;

/** The README's example: speaks one sentence to a sink while it is made. */
public final class SayHello {

    private SayHello() {}

    /**
     * Speaks.
     *
     * @param speaker hears it
     * @throws IOException if the sink takes no more
     */
    public static void run(AudioSink speaker) throws IOException {
        try (TtsEngine engine = TtsEngine.open("demo")) {
            SynthesisRequest request = SynthesisRequest.of("Good morning.", Voice.named("ryan"))
                    .withLanguage(Language.ENGLISH)
                    .withSeed(7);
            try (SpeechStream speech = engine.stream(request)) { // closing early cancels
                for (AudioChunk chunk : speech) {
                    speaker.write(chunk.samples()); // float[], mono, 24 kHz, [-1, 1]
                }
                System.out.println(speech.stats()); // why it ended, frames, TTFA, RTF, seed
            }
        }
    }
}
