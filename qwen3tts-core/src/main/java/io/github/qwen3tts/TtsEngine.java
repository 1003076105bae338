package io.github.qwen3tts;

import io.github.qwen3tts.api.Capabilities;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.Speaker;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SpeechSynthesizer;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.device.ModelBackend;
import io.github.qwen3tts.internal.device.PrecisionPolicy;
import io.github.qwen3tts.internal.engine.SpeechEngine;
import io.github.qwen3tts.internal.engine.SpeechJob;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.model.ModelCapabilities;
import io.github.qwen3tts.internal.model.TalkerPrompt;
import io.github.qwen3tts.internal.model.VoiceEncoder;
import io.github.qwen3tts.internal.prompt.PromptBuilder;
import io.github.qwen3tts.internal.prompt.PromptLayout;
import io.github.qwen3tts.internal.prompt.PromptRequest;
import io.github.qwen3tts.internal.prompt.PromptVocabulary;
import io.github.qwen3tts.internal.prompt.PromptVoice;
import io.github.qwen3tts.internal.runtime.Opening;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.stream.PendingSpeech;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Synthesises speech with a released Qwen3-TTS checkpoint: 24 kHz, whole or streamed. Open one, share it between any number
 * of threads, close it.
 *
 * <pre>{@code
 * try (TtsEngine engine = TtsEngine.open("demo")) {
 *     engine.speak("Good morning.").save(Path.of("hello.wav"));
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class TtsEngine implements SpeechSynthesizer, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(TtsEngine.class.getName());

    /** Half of what a frame lasts: the other half is for the frame itself. */
    private static final Duration PROMPT_TIME = Duration.ofMillis(40);

    private final Checkpoint checkpoint;
    private final ModelBackend backend;
    private final Tokenizer tokenizer;
    private final PromptBuilder prompts;
    private final VoiceEncoder voices;
    private final SpeechEngine engine;
    private final Executor executor;
    private final Capabilities capabilities;
    private final int maxStreams;
    private final Scope owned;

    TtsEngine(Path directory, TtsEngineBuilder builder, Scope owned) {
        this.owned = owned;
        executor = builder.executor();
        Opening<OrtRuntime> runtime = owned.own(new Opening<>(() -> OrtRuntime.start(builder.cpuThreads())));
        checkpoint = Checkpoint.open(directory);
        tokenizer = Tokenizer.load(directory, builder.pretokenizerRule());
        checkTokenizer();
        prompts = new PromptBuilder(tokenizer, checkpoint.config().prompt(), builder.maxTextTokens());
        backend = owned.own(builder.deviceChoice().open(prepared(runtime.await(), builder), checkpoint));
        LanguageModel languageModel = backend.languageModel();
        maxStreams = Math.min(builder.maxStreams(), backend.maxStreams());
        voices = owned.own(new VoiceEncoder(backend.encoders(), checkpoint));
        engine = owned.own(new SpeechEngine(
                languageModel,
                backend.codecDecoder(),
                checkpoint.codec().sampleRateHz(),
                checkpoint.config().talker().codeGroups(),
                new SpeechEngine.Limits(maxStreams, builder.maxBufferedSeconds(), PROMPT_TIME),
                backend.decodesBeside(),
                executor));
        capabilities = ModelCapabilities.of(
                checkpoint, builder.maxTextTokens(), frameDuration().multipliedBy(backend.maxPositions()));
        LOG.log(System.Logger.Level.INFO, "engine is open: {0}, {1}, {2}", this, backend.precision(), backend);
    }

    private OrtRuntime prepared(OrtRuntime runtime, TtsEngineBuilder builder) {
        return builder.preparedGraphs() && PrecisionPolicy.isLarge(checkpoint)
                ? runtime.preparingIn(builder.cacheDirectory().resolve("graphs"))
                : runtime;
    }

    private Duration frameDuration() {
        long samples = checkpoint.codec().samplesPerFrame();
        return Duration.ofNanos(samples * 1_000_000_000L / checkpoint.codec().sampleRateHz());
    }

    private void checkTokenizer() {
        int rows = checkpoint.config().talker().textVocab();
        if (tokenizer.idLimit() > rows) {
            throw new ModelLoadException(Check.message(
                    "tokenizer has more ids than the model has text embeddings",
                    "ids",
                    tokenizer.idLimit(),
                    "text_vocab_size",
                    rows,
                    "directory",
                    checkpoint.directory()));
        }
    }

    /**
     * Opens a checkpoint with default settings.
     *
     * @param directory laid out as released
     * @return the engine, to be closed by the caller
     * @throws ModelLoadException if the checkpoint cannot be opened
     */
    public static TtsEngine open(Path directory) {
        return builder(directory).build();
    }

    /**
     * Opens a model with default settings.
     *
     * @param nameOrDirectory a name such as {@code demo} or {@code Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice}, which is
     *                        downloaded once, or a directory
     * @return the engine, to be closed by the caller
     * @throws InvalidRequestException if it is neither a directory nor a name
     * @throws ModelLoadException      if the checkpoint cannot be fetched or opened
     */
    public static TtsEngine open(String nameOrDirectory) {
        return builder(nameOrDirectory).build();
    }

    /**
     * Starts to describe an engine.
     *
     * @param directory a checkpoint, laid out as released
     * @return its builder
     */
    public static TtsEngineBuilder builder(Path directory) {
        return new TtsEngineBuilder(directory);
    }

    /**
     * Starts to describe an engine. Nothing is fetched before {@link TtsEngineBuilder#build}.
     *
     * @param nameOrDirectory a name such as {@code demo} or {@code Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice}, or a directory
     * @return its builder
     */
    public static TtsEngineBuilder builder(String nameOrDirectory) {
        return new TtsEngineBuilder(nameOrDirectory);
    }

    /**
     * Starts to describe an engine with a configuration, which is logged.
     *
     * @param config what to open
     * @return its builder
     */
    public static TtsEngineBuilder builder(Config config) {
        LOG.log(System.Logger.Level.INFO, "configuration: {0}", config);
        return new TtsEngineBuilder(config.model().modelPath())
                .device(config.model().device())
                .precision(config.model().precision());
    }

    /**
     * Opens the model of a configuration file. Its {@code inference_settings} and {@code voice_cloning} are for requests
     * and programs, which take them from {@link Config#read}. A section {@code server} may be there and is ignored.
     *
     * @param file a {@code config.yaml}
     * @return the engine, to be closed by the caller
     * @throws InvalidRequestException with line and column if something in the file cannot be used
     * @throws ModelLoadException      if the checkpoint cannot be fetched or opened
     * @throws DeviceException         if there is no such device
     */
    public static TtsEngine fromConfig(Path file) {
        return builder(Config.read(file)).build();
    }

    /**
     * Encodes the clip of a voice ahead of its first speech, to keep it or to hear it sooner.
     *
     * @param clip from {@link Voice#fromClip(Pcm, String)} and its siblings
     * @return the voice; computed once, for any number of streams, and for {@link ClonedVoice#save}
     * @throws InvalidRequestException if this is no Base checkpoint, the clip is too short to be encoded, or its
     *                                 transcript cannot be of that clip
     * @throws DeviceException         if the runtime fails or the engine is closed
     */
    public ClonedVoice prepare(Voice.Clip clip) {
        requireType(ModelType.BASE, "a cloned voice");
        int tokens = tokenizer.encode("", clip.transcript(), "").length;
        ClonedVoice voice = voices.encode(clip, tokens);
        engine.prepare(voice.referenceCodes());
        return voice;
    }

    /**
     * Imports the sound of a voice that qwentts.cpp or a relative of it cloned with this model.
     *
     * @param spk its {@code .spk} file: the speaker vector
     * @return the voice, for {@link ClonedVoice#save}
     * @throws InvalidRequestException if this is no Base checkpoint
     * @throws ModelLoadException      if the file is missing, damaged, or of a model of another size
     */
    public ClonedVoice importVoice(Path spk) {
        requireType(ModelType.BASE, "a cloned voice");
        return voices.read(spk);
    }

    /**
     * Imports a voice with its reference that qwentts.cpp or a relative of it cloned with this model.
     *
     * @param spk        its {@code .spk} file: the speaker vector
     * @param rvq        its {@code .rvq} file: the reference codes
     * @param transcript every word of the reference; not blank
     * @return the voice, for {@link ClonedVoice#save}
     * @throws InvalidRequestException if this is no Base checkpoint
     * @throws ModelLoadException      if a file is missing, damaged, or of a model of another size
     */
    public ClonedVoice importVoice(Path spk, Path rvq, String transcript) {
        requireType(ModelType.BASE, "a cloned voice");
        return voices.read(spk, rvq, transcript);
    }

    @Override
    public CompletableFuture<Speech> speakAsync(SynthesisRequest request) {
        return PendingSpeech.start(this, request, executor);
    }

    @Override
    public SpeechStream stream(SynthesisRequest request) {
        Voice wanted = request.voice().orElseGet(this::defaultVoice);
        Voice voice = wanted instanceof Voice.Clip clip ? prepare(clip) : wanted;
        PromptLayout layout = prompts.layout(promptRequest(request, voice));
        TalkerPrompt prompt = voice instanceof ClonedVoice cloned
                ? new TalkerPrompt(layout, cloned.speakerVector(), cloned.referenceCodes())
                : TalkerPrompt.of(layout);
        GenerationOptions generation = generation(request, layout.rows().size());
        long seed = request.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong());
        return engine.submit(new SpeechJob(prompt, generation, seed, request.chunks()));
    }

    private Voice defaultVoice() {
        List<Speaker> speakers = capabilities.speakers();
        if (speakers.isEmpty()) {
            throw new InvalidRequestException("this model has no preset speaker; give the request a voice with "
                    + (capabilities.clonesVoices() ? "Voice.fromClip or Voice.load" : "Voice.designed")
                    + ", or Voice.any(): model=" + this);
        }
        return Voice.named(speakers.get(0).name());
    }

    /** What the request changes, within what fits behind a prompt of so many positions. */
    private GenerationOptions generation(SynthesisRequest request, int positions) {
        int most = backend.maxPositions();
        if (positions >= most) {
            boolean isModels = most == checkpoint.config().talker().maxPositions();
            throw new InvalidRequestException(Check.message(
                            "prompt fills the " + (isModels ? "model's context" : "memory reserved per stream"),
                            "promptPositions",
                            positions,
                            "maxPositions",
                            most)
                    + "; split the text" + (isModels ? "" : ", or raise maxFrames"));
        }
        GenerationOptions generation = checkpoint.generation().with(request.sampling());
        long draws = request.maxDuration()
                .map(longest -> longest.dividedBy(frameDuration()) + 1) // n draws make n - 1 frames
                .orElse((long) generation.maxNewTokens());
        return generation.withMaxNewTokens((int) Math.max(2, Math.min(draws, most - positions)));
    }

    private PromptRequest promptRequest(SynthesisRequest request, Voice speaking) {
        PromptVocabulary model = checkpoint.config().prompt();
        String instruct = request.instruct();
        PromptVoice voice = new PromptVoice.Unnamed();
        if (speaking instanceof Voice.Named named) {
            requireType(ModelType.CUSTOM_VOICE, "a preset speaker");
            voice = new PromptVoice.Preset(named.speaker());
        } else if (speaking instanceof Voice.Designed designed) {
            requireType(ModelType.VOICE_DESIGN, "a described voice");
            Check.argument(
                    instruct.isEmpty(),
                    "a designed voice is described once: put how to speak into its description",
                    "instruct",
                    instruct);
            instruct = designed.description();
        } else if (speaking instanceof ClonedVoice cloned) {
            requireType(ModelType.BASE, "a cloned voice");
            voices.requireFits(cloned);
            voice = cloned.frames() == 0
                    ? new PromptVoice.Vector()
                    : new PromptVoice.Continued(cloned.transcript(), cloned.frames());
        }
        Check.argument(
                instruct.isEmpty() || model.instructSupported(),
                "this checkpoint takes no instruction; the 1.7B CustomVoice and VoiceDesign models do",
                "type",
                model.type().published(),
                "size",
                model.sizeName(),
                "instruct",
                instruct);
        return new PromptRequest(request.text(), request.language(), voice, instruct, request.layout());
    }

    private void requireType(ModelType type, String voice) {
        PromptVocabulary model = checkpoint.config().prompt();
        Check.argument(
                model.type() == type,
                voice + " needs a " + type.published() + " checkpoint",
                "type",
                model.type().published(),
                "directory",
                checkpoint.directory());
    }

    /**
     * Returns what the model can do: type, speakers, languages, instruct, limits.
     *
     * @return the capabilities
     */
    public Capabilities capabilities() {
        return capabilities;
    }

    /**
     * Counts the tokens of a text, the unit of {@link TtsEngineBuilder#maxTextTokens}.
     *
     * @param text any text
     * @return tokens
     */
    public int tokens(String text) {
        return tokenizer.encode("", text, "").length;
    }

    /**
     * Returns the maximum number of concurrent streams; further requests are queued.
     *
     * @return what was asked for, or 8; by default fewer if GPU memory is short
     */
    public int maxStreams() {
        return maxStreams;
    }

    /**
     * Returns the capacity of a stream: positions of its prompt and frames of its speech together.
     *
     * @return on a GPU what was asked for, or 4096, by default less if GPU memory is short; on a CPU the model's context
     */
    public int maxFrames() {
        return backend.maxPositions();
    }

    /**
     * Returns the sample rate of all audio.
     *
     * @return 24000 for the released codec
     */
    public int sampleRateHz() {
        return checkpoint.codec().sampleRateHz();
    }

    /**
     * Returns the device that computes.
     *
     * @return never {@link Device#AUTO}
     */
    public Device device() {
        return backend.device();
    }

    /** Ends all streams, which fail with a {@link TtsException}, and releases all resources. Safe to call again. */
    @Override
    public synchronized void close() { // a second caller waits: nothing is freed before the engine thread has ended
        owned.close();
    }

    @Override
    public String toString() {
        PromptVocabulary model = checkpoint.config().prompt();
        return "Qwen3-TTS " + model.type().published() + " " + model.sizeName() + " from " + checkpoint.directory();
    }
}
