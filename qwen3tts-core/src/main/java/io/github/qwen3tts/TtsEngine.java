package io.github.qwen3tts;

import io.github.qwen3tts.api.Capabilities;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SpeechSynthesizer;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.device.LoadedModel;
import io.github.qwen3tts.internal.device.ModelLoader;
import io.github.qwen3tts.internal.engine.SpeechEngine;
import io.github.qwen3tts.internal.engine.SpeechJob;
import io.github.qwen3tts.internal.model.ModelCapabilities;
import io.github.qwen3tts.internal.model.VoiceEncoder;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.prompt.PromptBuilder;
import io.github.qwen3tts.internal.prompt.PromptVocabulary;
import io.github.qwen3tts.internal.prompt.RequestRules;
import io.github.qwen3tts.internal.runtime.Opening;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.stream.PendingSpeech;
import io.github.qwen3tts.internal.text.TextPieces;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
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
    private final RequestRules rules;
    private final LoadedModel loaded;
    private final Tokenizer tokenizer;
    private final PromptBuilder prompts;
    private final VoiceEncoder voices;
    private final SpeechEngine engine;
    private final Executor executor;
    private final Capabilities capabilities;
    private final Scope owned;

    TtsEngine(Path directory, TtsEngineBuilder builder, Scope owned) {
        this.owned = owned;
        executor = builder.executor();
        Opening<OrtRuntime> runtime = owned.own(new Opening<>(() -> OrtRuntime.start(builder.cpuThreads())));
        checkpoint = Checkpoint.open(directory);
        tokenizer = Tokenizer.load(directory, builder.pretokenizerRule());
        checkTokenizer();
        rules = checkpoint.rules(builder.maxTextTokens());
        prompts = new PromptBuilder(tokenizer, rules);
        loaded = owned.own(ModelLoader.load(builder.loadOptions(), runtime.await(), checkpoint));
        voices = owned.own(new VoiceEncoder(loaded.encoders(), checkpoint));
        engine = owned.own(new SpeechEngine(
                loaded.languageModel(),
                loaded.codecDecoder(),
                checkpoint.codec().sampleRateHz(),
                checkpoint.config().talker().codeGroups(),
                new SpeechEngine.Limits(maxStreams(), builder.maxQueued(), builder.maxBufferedSeconds(), PROMPT_TIME),
                loaded.decodesBeside(),
                executor));
        capabilities = ModelCapabilities.of(
                checkpoint,
                builder.maxTextTokens(),
                frameDuration().multipliedBy(loaded.capacity().positions()));
        LOG.log(System.Logger.Level.INFO, "model loaded: {0}, {1}", this, loaded);
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
     * @throws EngineClosedException   if the engine is closed
     * @throws DeviceException         if the runtime fails
     */
    public ClonedVoice prepare(Voice.Clip clip) {
        rules.checkCloning();
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
        rules.checkCloning();
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
        rules.checkCloning();
        return voices.read(spk, rvq, transcript);
    }

    @Override
    public CompletableFuture<Speech> speakAsync(SynthesisRequest request) {
        return PendingSpeech.start(this, request, executor);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A checkpoint whose {@code generation_config.json} has {@code max_sentence_characters}, such as the demo voice, gets
     * the text sentence by sentence; the stream is one, with 240 ms of silence between two sentences, which its statistics
     * count.
     */
    @Override
    public SpeechStream stream(SynthesisRequest request) {
        SynthesisRequest voiced = rules.withVoice(request);
        rules.check(voiced); // before a clip is encoded, which takes a while
        engine.checkAdmission();
        SynthesisRequest encoded =
                voiced.voice().orElseThrow() instanceof Voice.Clip clip ? voiced.withVoice(prepare(clip)) : voiced;
        List<Prompt> pieces = pieces(request.text()).stream()
                .map(text -> prompts.build(encoded.withText(text)))
                .toList();
        int positions = pieces.stream().mapToInt(Prompt::positions).max().orElseThrow();
        GenerationOptions generation =
                rules.fit(generation(request), positions, loaded.capacity().positions());
        long seed = request.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong());
        return engine.submit(new SpeechJob(pieces, generation, maxFrames(request), seed, request.chunks()));
    }

    private List<String> pieces(String text) {
        OptionalInt maxChars = checkpoint.maxSentenceChars();
        return maxChars.isPresent() ? TextPieces.of(text, maxChars.getAsInt()) : List.of(text);
    }

    /** How the codes of a piece are drawn. The limit of a checkpoint that speaks sentences holds for each of them. */
    private GenerationOptions generation(SynthesisRequest request) {
        GenerationOptions generation = checkpoint.generation().with(request.sampling());
        int limit = maxFrames(request);
        boolean ownLimit = limit >= Integer.MAX_VALUE - 1
                || checkpoint.maxSentenceChars().isPresent() && limit >= generation.maxNewTokens();
        return ownLimit ? generation : generation.withMaxNewTokens(limit + 1); // n draws make n - 1 frames
    }

    /** The limit of the whole speech. */
    private int maxFrames(SynthesisRequest request) {
        return request.maxDuration()
                .map(longest -> (int) Math.min(Integer.MAX_VALUE, longest.dividedBy(frameDuration())))
                .orElse(Integer.MAX_VALUE);
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
        return loaded.capacity().streams();
    }

    /**
     * Returns the capacity of a stream: positions of its prompt and frames of its speech together.
     *
     * @return on a GPU what was asked for, or 4096, by default less if GPU memory is short; on a CPU the model's context
     */
    public int maxFrames() {
        return loaded.capacity().positions();
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
        return loaded.device();
    }

    /** Ends all streams, which fail with an {@link EngineClosedException}, and releases all resources. Safe to call again. */
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
