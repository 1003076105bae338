package io.github.qwen3tts.server;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.internal.ffmpeg.Ffmpeg;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.server.VoiceCatalog.Entry;
import io.github.qwen3tts.server.VoiceCatalog.Source;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The engine and all that requests name: what a server has once its model is loaded. */
final class Synthesizer {

    private final Config config;
    private final TtsEngine engine;
    private final VoiceCatalog voices;
    private final References references;
    private final Optional<Uploads> uploads;

    /**
     * Loads the voices of a configuration, and warms the engine up.
     *
     * @param engine   to speak with; stays the caller's to close
     * @param config   of requests and the voice to clone
     * @param settings of the server
     * @throws IOException if a voice cannot be read
     */
    Synthesizer(TtsEngine engine, Config config, ServerSettings settings) throws IOException {
        this.config = config;
        this.engine = engine;
        voices = new VoiceCatalog(engine.modelType(), engine.speakers(), settings.names());
        references = new References(
                engine,
                new RemoteAudio(
                        settings.access().refAudioHosts(),
                        settings.limits().maxBodyBytes(),
                        PublicAddresses::contains));
        if (config.referenceAudio().isPresent()) {
            Voice.Cloned cloned = cloned(config.referenceAudio().get());
            voices.add(Entry.of(VoiceCatalog.CLONED_VOICE, cloned, Source.CONFIGURED));
        }
        uploads = settings.voicesDirectory().isPresent() && engine.modelType() == ModelType.BASE
                ? Optional.of(new Uploads(settings.voicesDirectory().get(), voices))
                : Optional.empty();
        voices.check();
        warmUp();
    }

    private Voice.Cloned cloned(Path clip) throws IOException {
        byte[] file = Files.readAllBytes(clip);
        try {
            return references.clone(
                    "voice_cloning.reference_audio", file, config.promptText().orElse(""), Language.AUTO, "");
        } catch (ApiException e) {
            throw new IOException(e.getMessage() + ": file=" + clip, e);
        }
    }

    /** The first speech and the first use of an encoder take longer than later ones: let nobody wait for them. */
    private void warmUp() throws IOException {
        Voice voice = engine.modelType() == ModelType.CUSTOM_VOICE
                ? Voice.named(engine.speakers().get(0))
                : voices.find(VoiceCatalog.CLONED_VOICE)
                        .map(Entry::voice)
                        .orElse(engine.modelType() == ModelType.BASE ? null : Voice.any());
        if (voice != null) {
            SynthesisRequest few = SynthesisRequest.of("Hello.", voice)
                    .withGeneration(engine.generationDefaults().withMaxNewTokens(3));
            engine.speak(few);
        }
        if (Ffmpeg.missing().isEmpty()) {
            for (SpeechFormat format : SpeechFormat.values()) {
                try (AudioSink sink = format.open(OutputStream.nullOutputStream(), engine.sampleRateHz())) {
                    sink.write(new float[engine.sampleRateHz() / 10]);
                }
            }
        }
    }

    /**
     * Speaks.
     *
     * @param wanted what to speak, and how
     * @param seed   of the randomness
     * @return the speech, to be closed by the caller
     */
    SpeechStream stream(SpeechParameters wanted, long seed) {
        Voice voice = wanted.reference().isPresent()
                ? references.voice(wanted.reference().get())
                : voices.resolve(wanted.voice(), wanted.instructions());
        boolean describedAlready = voice instanceof Voice.Designed;
        return engine.stream(SynthesisRequest.of(wanted.input(), voice)
                .withInstruct(describedAlready ? "" : wanted.instructions())
                .withLanguage(wanted.language())
                .withLayout(wanted.layout())
                .withGeneration(wanted.drawing().over(engine.generationDefaults()))
                .withSeed(seed)
                .withChunks(config.inference().chunks()));
    }

    /** From the model's samples to a format that takes {@link #sampleRateHz}; closes it with itself. */
    AudioSink chain(double speed, AudioSink format) {
        return new AudioChain(speed, engine.sampleRateHz(), sampleRateHz(), format);
    }

    /** The rate of what is sent. */
    int sampleRateHz() {
        return config.inference().sampleRateHz();
    }

    TtsEngine engine() {
        return engine;
    }

    VoiceCatalog voices() {
        return voices;
    }

    References references() {
        return references;
    }

    /** Where uploaded voices are kept; empty if they are refused. */
    Optional<Uploads> uploads() {
        return uploads;
    }
}
