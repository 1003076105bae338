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
import io.github.qwen3tts.config.VoiceCloning;
import io.github.qwen3tts.server.VoiceCatalog.Entry;
import io.github.qwen3tts.server.VoiceCatalog.Source;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Optional;

/** The engine and all that requests name: what a server has once its model is loaded. */
final class Synthesizer implements AutoCloseable {

    private final Config config;
    private final TtsEngine engine;
    private final VoiceCatalog voices;
    private final References references;
    private final Optional<Uploads> uploads;

    private Synthesizer(Config config, TtsEngine engine) throws IOException {
        this.config = config;
        this.engine = engine;
        voices = new VoiceCatalog(
                engine.modelType(), engine.speakers(), config.server().names());
        references = new References(
                engine,
                new RemoteAudio(
                        config.server().access().refAudioHosts(),
                        config.server().limits().maxBodyBytes(),
                        PublicAddresses::contains));
        if (config.cloning().isPresent()) {
            voices.add(
                    Entry.of(VoiceCatalog.CLONED_VOICE, cloned(config.cloning().get()), Source.CONFIGURED));
        }
        uploads = config.server().uploads().isPresent() && engine.modelType() == ModelType.BASE
                ? Optional.of(new Uploads(config.server().uploads().get(), voices))
                : Optional.empty();
        voices.check();
        warmUp();
    }

    /**
     * Loads the model and the voices of a configuration.
     *
     * @param config what to load
     * @return ready to speak; to be closed by the caller
     * @throws IOException if a voice cannot be read
     */
    static Synthesizer load(Config config) throws IOException {
        TtsEngine engine = TtsEngine.builder(config)
                .maxStreams(config.server().limits().maxConcurrent())
                .build();
        try {
            return new Synthesizer(config, engine);
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private Voice.Cloned cloned(VoiceCloning cloning) throws IOException {
        byte[] file = Files.readAllBytes(cloning.referenceAudio());
        try {
            return references.clone(
                    "voice_cloning.reference_audio", file, cloning.promptText().orElse(""), Language.AUTO, "");
        } catch (ApiException e) {
            throw new IOException(e.getMessage() + ": file=" + cloning.referenceAudio(), e);
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
                .withChunks(config.inference().latencyMode().chunks()));
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

    @Override
    public void close() {
        engine.close();
    }
}
