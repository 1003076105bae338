package io.github.qwen3tts.examples;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.Capabilities;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.OverloadedException;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.OutputFormat;
import io.github.qwen3tts.audio.SoundCard;
import io.github.qwen3tts.server.ServerSettings;
import io.github.qwen3tts.server.SpeechServer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Holds the programs of docs/, one method each: {@code DocsTest} compares them, {@code ApiProgramsTest} runs them. */
final class ApiPrograms {

    private ApiPrograms() {}

    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "heardWhileMade" -> heardWhileMade();
            case "voiceFromClip" -> voiceFromClip();
            case "designedVoice" -> designedVoice();
            case "oneThingChanged" -> oneThingChanged();
            case "layout" -> layout();
            case "javaSound" -> javaSound();
            case "outputStream" -> outputStream();
            case "withoutBlocking" -> withoutBlocking();
            case "openedWithChoices" -> openedWithChoices();
            case "pretokenizer" -> pretokenizer();
            case "goesWrong" -> goesWrong();
            case "server" -> server();
            case "gpu" -> gpu();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    static void heardWhileMade() throws IOException {
        try (TtsEngine engine = TtsEngine.open("Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice")) {
            SynthesisRequest request = SynthesisRequest.of("Good morning.")
                    .withVoice(Voice.named("ryan"))
                    .withLanguage(Language.of("en"))
                    .withSeed(7);
            try (SpeechStream speech = engine.stream(request);
                    SoundCard speaker = SoundCard.open(engine.sampleRateHz())) {
                for (AudioChunk chunk : speech) {
                    speaker.write(chunk.samples()); // float[], mono, 24 kHz, [-1, 1]
                }
            }
        }
    }

    static void voiceFromClip() throws IOException {
        try (TtsEngine engine = TtsEngine.open("Qwen/Qwen3-TTS-12Hz-0.6B-Base")) {
            Voice.Clip clip = Voice.fromClip(Path.of("me.wav"), "Every word of it.");
            ClonedVoice me = engine.prepare(clip.withConsent("my own voice"));
            me.warnings().forEach(warning -> System.out.println(warning.text()));
            me.save(Path.of("me.voice"));

            Voice again = Voice.load(Path.of("me.voice"));
            engine.speak(SynthesisRequest.of("Good morning.", again)).save(Path.of("morning.wav"));
        }
    }

    static void designedVoice() throws IOException {
        try (TtsEngine engine = TtsEngine.open("Qwen/Qwen3-TTS-12Hz-1.7B-VoiceDesign")) {
            Voice voice = Voice.designed("a calm old man");
            engine.speak(SynthesisRequest.of("Good morning.", voice)).save(Path.of("morning.wav"));
        }
    }

    static void oneThingChanged() {
        SynthesisRequest request = SynthesisRequest.of("Good morning.");
        try (TtsEngine engine = TtsEngine.open("demo")) {
            SynthesisRequest calm =
                    request.withSampling(options -> options.temperature(0.7f)).withMaxDuration(Duration.ofSeconds(20));
            Capabilities can = engine.capabilities(); // type, speakers, languages, instruct, limits
            int length = engine.tokens(calm.text()); // the unit of can.maxTextTokens()

            System.out.println(can + " " + length);
            System.out.println(engine.speak(calm).stats());
        }
    }

    static void layout() {
        try (TtsEngine engine = TtsEngine.open("demo")) {
            SynthesisRequest early = SynthesisRequest.of("Good morning.").withLayout(TextLayout.STREAMING);

            System.out.println(engine.speak(early).stats());
        }
    }

    static void javaSound() throws IOException {
        SynthesisRequest request = SynthesisRequest.of("Good morning.");
        try (TtsEngine engine = TtsEngine.open("demo")) {
            try (AudioInputStream audio = engine.stream(request).asAudioInputStream()) {
                AudioSystem.write(audio, AudioFileFormat.Type.WAVE, new File("morning.wav"));
            }
        }
    }

    static void outputStream() throws IOException {
        SynthesisRequest request = SynthesisRequest.of("Good morning.");
        try (TtsEngine engine = TtsEngine.open("demo")) {
            try (OutputStream out = Files.newOutputStream(Path.of("morning.mp3"))) {
                engine.stream(request).transferTo(out, OutputFormat.MP3); // sent while it is made
            }
        }
    }

    static void withoutBlocking() {
        SynthesisRequest request = SynthesisRequest.of("Good morning.");
        try (TtsEngine engine = TtsEngine.open("demo")) {
            CompletableFuture<Speech> future = engine.speakAsync(request); // future.cancel(true) cancels the speech
            future.thenAccept(speech -> System.out.println(speech.stats())).join();
        }
    }

    static void openedWithChoices() {
        TtsEngine engine = TtsEngine.builder("Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice")
                .precision(Precision.INT8)
                .device(Device.AUTO)
                .threads(2)
                .maxStreams(4)
                .maxQueued(32)
                .build();

        System.out.println(engine.speak("Good morning.").stats());
        engine.close();
    }

    static void pretokenizer() {
        TtsEngine engine = TtsEngine.builder("demo")
                .pretokenizerRule(PretokenizerRule.MISTRAL)
                .build();

        System.out.println(engine.tokens("Good morning."));
        engine.close();
    }

    static void goesWrong() throws IOException {
        SynthesisRequest request = SynthesisRequest.of("Good morning.", Voice.named("nobody"));
        try (TtsEngine engine = TtsEngine.open("demo")) {
            try {
                engine.speak(request).requireComplete().save(Path.of("morning.wav"));
            } catch (InvalidRequestException e) {
                System.out.println("change the request: " + e.getMessage());
            } catch (OverloadedException e) {
                System.out.println("try again in " + e.retryAfter().toSeconds() + " s");
            } catch (TtsException e) {
                System.out.println("no speech: " + e.getMessage());
            }
        }
    }

    static void server() throws IOException {
        try (TtsEngine engine = TtsEngine.open("demo")) {
            ServerSettings settings = ServerSettings.defaults().withAddress("127.0.0.1", 8000);
            try (SpeechServer server = SpeechServer.start(engine, settings)) {
                System.out.println("listening: " + server.address());
            }
        }
    }

    static void gpu() {
        TtsEngine engine = TtsEngine.builder("Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice")
                .device("cuda") // or "cuda:1", or "auto"
                .build();

        engine.close();
    }
}
