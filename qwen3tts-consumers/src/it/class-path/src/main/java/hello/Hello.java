package hello;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SpeechSynthesizer;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.AudioReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Streams a text, speaks it again into a WAV file, and prints the number of samples of both: {@code MODEL WAV}. */
public final class Hello {

    private Hello() {}

    public static void main(String[] args) throws IOException {
        SynthesisRequest request = SynthesisRequest.of("Good morning.", Voice.named("ryan"))
                .withLanguage(Language.ENGLISH)
                .withSeed(7)
                .withMaxDuration(Duration.ofSeconds(1));
        Path wav = Path.of(args[1]);
        try (TtsEngine engine = TtsEngine.open(Path.of(args[0]))) {
            int streamed = samples(engine, request);
            engine.speak(request).save(wav);
            System.out.println("streamed " + streamed + " samples, saved " + AudioReader.read(wav).length());
        }
    }

    private static int samples(SpeechSynthesizer synthesizer, SynthesisRequest request) {
        int samples = 0;
        try (SpeechStream speech = synthesizer.stream(request)) {
            for (AudioChunk chunk : speech) {
                samples += chunk.samples().length;
            }
        }
        return samples;
    }
}
