package io.github.qwen3tts.server;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.ClonedVoice;
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
import java.time.Duration;
import java.util.Optional;

/** The engine with the voices, and all else that requests need once the model is loaded. */
final class LoadedModel {

    private final Config config;
    private final TtsEngine engine;
    private final VoiceCatalog voices;
    private final VoiceCloner cloner;
    private final Optional<VoiceStore> store;

    /**
     * Loads the voices of a configuration, and warms the engine up.
     *
     * @param engine   to speak with; stays the caller's to close
     * @param config   of requests and the voice to clone
     * @param settings of the server
     * @throws IOException if a voice cannot be read
     */
    LoadedModel(TtsEngine engine, Config config, ServerSettings settings) throws IOException {
        this.config = config;
        this.engine = engine;
        voices = new VoiceCatalog(engine.capabilities(), settings.names());
        cloner = new VoiceCloner(
                engine,
                new RemoteAudio(
                        settings.access().refAudioHosts(),
                        settings.limits().maxBodyBytes(),
                        PublicAddresses::contains));
        if (config.referenceAudio().isPresent()) {
            ClonedVoice cloned = cloned(config.referenceAudio().get());
            voices.add(Entry.of(VoiceCatalog.CLONED_VOICE, cloned, Source.CONFIGURED));
        }
        store = settings.voicesDirectory().isPresent() && engine.capabilities().type() == ModelType.BASE
                ? Optional.of(new VoiceStore(settings.voicesDirectory().get(), voices))
                : Optional.empty();
        voices.check();
        warmUp();
    }

    private ClonedVoice cloned(Path clip) throws IOException {
        byte[] file = Files.readAllBytes(clip);
        try {
            return cloner.clone(
                    "voice_cloning.reference_audio", file, config.promptText().orElse(""), Language.AUTO, "");
        } catch (ApiException e) {
            throw new IOException(e.getMessage() + ": file=" + clip, e);
        }
    }

    /** Speaks and encodes a little, because first uses take longer than later ones. */
    private void warmUp() throws IOException {
        Voice voice = engine.capabilities().type() == ModelType.CUSTOM_VOICE
                ? Voice.named(engine.capabilities().speakers().get(0).name())
                : voices.find(VoiceCatalog.CLONED_VOICE)
                        .map(Entry::voice)
                        .orElse(engine.capabilities().type() == ModelType.BASE ? null : Voice.any());
        if (voice != null) {
            SynthesisRequest warmUp = SynthesisRequest.of("Hello.", voice).withMaxDuration(Duration.ofMillis(160));
            engine.speak(warmUp);
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
     * Starts to speak.
     *
     * @param parameters of the request
     * @param seed       of the randomness
     * @return the stream, to be closed by the caller
     */
    SpeechStream stream(SpeechParameters parameters, long seed) {
        Voice voice = parameters.reference().isPresent()
                ? cloner.voice(parameters.reference().get())
                : voices.resolve(parameters.voice(), parameters.instructions());
        boolean isDescription = voice instanceof Voice.Designed;
        SynthesisRequest request = SynthesisRequest.of(parameters.input(), voice)
                .withInstruct(isDescription ? "" : parameters.instructions())
                .withLanguage(parameters.language())
                .withLayout(parameters.layout())
                .withSampling(parameters.sampling().options())
                .withSeed(seed)
                .withChunks(config.inference().chunks());
        return engine.stream(parameters
                .sampling()
                .maxDuration()
                .map(request::withMaxDuration)
                .orElse(request));
    }

    /** Opens a pipeline from the model's samples to an encoder at {@link #sampleRateHz}, which it closes. */
    AudioSink pipeline(double speed, AudioSink format) {
        return new AudioPipeline(speed, engine.sampleRateHz(), sampleRateHz(), format);
    }

    /** Rate of the audio that is sent. */
    int sampleRateHz() {
        return config.inference().sampleRateHz();
    }

    TtsEngine engine() {
        return engine;
    }

    VoiceCatalog voices() {
        return voices;
    }

    VoiceCloner cloner() {
        return cloner;
    }

    /** Store of uploaded voices; empty if uploads are refused. */
    Optional<VoiceStore> store() {
        return store;
    }
}
