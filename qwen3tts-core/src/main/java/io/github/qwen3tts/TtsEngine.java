package io.github.qwen3tts;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.Backend;
import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.GenerationOptions;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.hub.ModelHub;
import io.github.qwen3tts.internal.CacheDirectory;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.device.DeviceChoice;
import io.github.qwen3tts.internal.device.ModelBackend;
import io.github.qwen3tts.internal.device.PrecisionPolicy;
import io.github.qwen3tts.internal.device.RoomPolicy;
import io.github.qwen3tts.internal.engine.SpeechEngine;
import io.github.qwen3tts.internal.engine.SpeechJob;
import io.github.qwen3tts.internal.model.LanguageModel;
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
import io.github.qwen3tts.internal.text.TextPieces;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Speaks. Opens a released Qwen3-TTS checkpoint directory as it is and turns text into 24 kHz speech, whole or as it is
 * made. Build one, share it between any number of threads, close it.
 *
 * <pre>{@code
 * try (TtsEngine engine = TtsEngine.open(Path.of("Qwen3-TTS-12Hz-0.6B-CustomVoice"))) {
 *     Speech speech = engine.speak(SynthesisRequest.of("Good morning.", Voice.named("ryan")));
 *     WavWriter.write(Path.of("hello.wav"), speech.audio());
 * }
 * }</pre>
 */
public final class TtsEngine implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(TtsEngine.class.getName());

    /** Half of what a frame lasts: the other half is for the frame itself. */
    private static final Duration PROMPT_TIME = Duration.ofMillis(40);

    private final Checkpoint checkpoint;
    private final ModelBackend backend;
    private final Tokenizer tokenizer;
    private final PromptBuilder prompts;
    private final VoiceEncoder voices;
    private final SpeechEngine engine;
    private final int maxStreams;
    private final Scope owned;

    private TtsEngine(Builder builder, Scope owned) {
        this.owned = owned;
        Opening<OrtRuntime> runtime = owned.own(
                new Opening<>(() -> OrtRuntime.start(new OrtRuntime.Threads(builder.threads, builder.spinning))));
        checkpoint = Checkpoint.open(builder.directory);
        tokenizer = Tokenizer.load(builder.directory, builder.pretokenizerRule);
        checkTokenizer();
        prompts = new PromptBuilder(tokenizer, checkpoint.config().prompt(), builder.maxTextTokens);
        backend = owned.own(builder.deviceChoice().open(prepared(runtime.await(), builder), checkpoint));
        LanguageModel languageModel = backend.languageModel();
        maxStreams = Math.min(builder.maxStreams.orElse(RoomPolicy.STREAMS), backend.maxStreams());
        voices = owned.own(new VoiceEncoder(backend.encoders(), checkpoint));
        engine = owned.own(new SpeechEngine(
                languageModel,
                backend.codecDecoder(),
                checkpoint.codec().sampleRateHz(),
                checkpoint.config().talker().codeGroups(),
                new SpeechEngine.Limits(maxStreams, builder.maxBufferedSeconds, PROMPT_TIME),
                backend.decodesBeside()));
        LOG.log(System.Logger.Level.INFO, "speaking: {0}, {1}, {2}", this, backend.precision(), backend);
    }

    private OrtRuntime prepared(OrtRuntime runtime, Builder builder) {
        return builder.preparedGraphs && PrecisionPolicy.isLarge(checkpoint)
                ? runtime.preparingIn(builder.cacheDirectory.resolve("graphs"))
                : runtime;
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
     * Opens a checkpoint with everything as it comes.
     *
     * @param directory laid out as released
     * @return the engine, to be closed by the caller
     * @throws ModelLoadException if the checkpoint cannot be opened
     */
    public static TtsEngine open(Path directory) {
        return builder(directory).build();
    }

    /**
     * Opens a model by name with default settings.
     *
     * @param nameOrDirectory as for {@link ModelHub#resolve(String)}: {@code demo}, a released model, or a directory
     * @return the engine, to be closed by the caller
     * @throws InvalidRequestException if it is neither a directory nor a name
     * @throws ModelLoadException      if the checkpoint cannot be unpacked, fetched or opened
     */
    public static TtsEngine open(String nameOrDirectory) {
        return builder(nameOrDirectory).build();
    }

    /**
     * Starts the description of an engine.
     *
     * @param directory a checkpoint, laid out as released
     * @return its builder
     */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /**
     * Starts the description of an engine with a model by name, which is unpacked or fetched here.
     *
     * @param nameOrDirectory as for {@link ModelHub#resolve(String)}: {@code demo}, a released model, or a directory
     * @return its builder
     * @throws InvalidRequestException if it is neither a directory nor a name
     * @throws ModelLoadException      if the checkpoint cannot be unpacked or fetched
     */
    public static Builder builder(String nameOrDirectory) {
        return new Builder(ModelHub.fromEnvironment().resolve(nameOrDirectory));
    }

    /**
     * Opens what a configuration file names. Its {@code inference_settings} are for requests and programs, and its
     * {@code voice_cloning} is not listened to here; both are in {@link Config#read}.
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
     * Starts the description of an engine with a configuration, which is logged. A model that is named is fetched.
     *
     * @param config what to open
     * @return its builder
     * @throws InvalidRequestException if the model is neither a directory nor a name
     * @throws ModelLoadException      if the checkpoint cannot be fetched
     */
    public static Builder builder(Config config) {
        LOG.log(System.Logger.Level.INFO, "configuration: {0}", config);
        return new Builder(ModelHub.fromEnvironment().resolve(config.model().modelPath()))
                .device(config.model().device())
                .precision(config.model().precision());
    }

    /** What an engine is opened with. */
    public static final class Builder {

        private final Path directory;
        private int threads = Math.min(8, Runtime.getRuntime().availableProcessors());
        private boolean spinning;
        private OptionalInt maxStreams = OptionalInt.empty();
        private double maxBufferedSeconds = 30;
        private int maxTextTokens = 2048;
        private OptionalInt maxFrames = OptionalInt.empty();
        private Device device = Device.CPU;
        private Backend backend = Backend.NATIVE;
        private Precision precision = Precision.AUTO;
        private Path cacheDirectory = CacheDirectory.ofUser();
        private boolean preparedGraphs = true;
        private PretokenizerRule pretokenizerRule = PretokenizerRule.QWEN2;

        private Builder(Path directory) {
            this.directory = directory;
        }

        private DeviceChoice deviceChoice() {
            return new DeviceChoice(
                    device,
                    backend,
                    precision,
                    RoomPolicy.streams(maxStreams),
                    RoomPolicy.frames(maxFrames),
                    maxTextTokens,
                    cacheDirectory);
        }

        /**
         * What computes. A card needs {@code org.bytedeco:cuda}, {@code cuda-redist} and {@code javacpp} with the
         * classifier of the platform on the class path.
         *
         * @param device {@link Device#CPU} by default; {@link Device#AUTO} takes the first card if one can be used and has
         *               room
         * @return this
         */
        public Builder device(Device device) {
            this.device = device;
            return this;
        }

        /**
         * What computes, by name; see {@link #device(Device)}.
         *
         * @param name {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
         * @return this
         * @throws InvalidRequestException if there is none of this name
         */
        public Builder device(String name) {
            return device(Device.named(name));
        }

        /**
         * Which code computes, where the device is a card.
         *
         * @param backend {@link Backend#NATIVE} by default
         * @return this
         */
        public Builder backend(Backend backend) {
            this.backend = backend;
            return this;
        }

        /**
         * Which code computes, by name; see {@link #backend(Backend)}.
         *
         * @param name {@code native} or {@code onnxruntime}
         * @return this
         * @throws InvalidRequestException if there is none of this name
         */
        public Builder backend(String name) {
            return backend(Backend.named(name));
        }

        /**
         * Threads that compute. The first engine of a process decides for all of them.
         *
         * @param threads {@code >= 1}; best the number of physical cores. All processors, but at most 8, by default
         * @return this
         */
        public Builder threads(int threads) {
            Check.argument(threads >= 1, "threads must be >= 1", "threads", threads);
            this.threads = threads;
            return this;
        }

        /**
         * Lets idle threads wait actively: about a quarter faster on a machine of one's own, much slower on a shared
         * one. Off by default.
         *
         * @param spinning whether they do
         * @return this
         */
        public Builder spinning(boolean spinning) {
            this.spinning = spinning;
            return this;
        }

        /**
         * Streams that speak at once; more wait for their turn. A card steps them together, and takes memory for each
         * when it is opened.
         *
         * @param maxStreams {@code >= 1}, on a card at most 64; 8 by default, on a card with little memory 4, 2 or 1
         * @return this
         */
        public Builder maxStreams(int maxStreams) {
            Check.argument(maxStreams >= 1, "maxStreams must be >= 1", "maxStreams", maxStreams);
            this.maxStreams = OptionalInt.of(maxStreams);
            return this;
        }

        /**
         * Room that a card takes for each stream when it is opened: frames of speech and positions of its prompt
         * together. A speech ends there with {@link io.github.qwen3tts.api.FinishReason#FRAME_LIMIT}. On a processor
         * memory is taken as it is needed, and this means nothing.
         *
         * @param maxFrames {@code >= 2}; 4096 by default, five minutes; 2048 or 1024 where a card has no memory for that
         * @return this
         */
        public Builder maxFrames(int maxFrames) {
            Check.argument(maxFrames >= 2, "maxFrames must be >= 2", "maxFrames", maxFrames);
            this.maxFrames = OptionalInt.of(maxFrames);
            return this;
        }

        /**
         * Audio that may wait for a slow reader before its stream pauses.
         *
         * @param seconds {@code > 0}; 30 by default
         * @return this
         */
        public Builder maxBufferedSeconds(double seconds) {
            Check.argument(seconds > 0, "maxBufferedSeconds must be > 0", "maxBufferedSeconds", seconds);
            this.maxBufferedSeconds = seconds;
            return this;
        }

        /**
         * The longest text of one request; the same for an instruction and a transcript.
         *
         * @param maxTextTokens {@code >= 1}; 2048 by default
         * @return this
         */
        public Builder maxTextTokens(int maxTextTokens) {
            Check.argument(maxTextTokens >= 1, "maxTextTokens must be >= 1", "maxTextTokens", maxTextTokens);
            this.maxTextTokens = maxTextTokens;
            return this;
        }

        /**
         * How the weights are stored.
         *
         * @param precision {@link Precision#AUTO} by default
         * @return this
         */
        public Builder precision(Precision precision) {
            this.precision = precision;
            return this;
        }

        /**
         * Where quantised weights and prepared graphs are kept from one start to the next.
         *
         * @param directory created if missing; below the user's cache directory by default
         * @return this
         */
        public Builder cacheDirectory(Path directory) {
            this.cacheDirectory = directory;
            return this;
        }

        /**
         * Whether graphs are kept in the cache directory as the runtime lays them out for this processor: the second load
         * takes seconds less, and their weights are mapped, so that engines of several processes share them. Costs about
         * twice the size of the weights on the disk. On by default; does nothing for toy checkpoints and on macOS.
         *
         * @param prepared whether they are
         * @return this
         */
        public Builder preparedGraphs(boolean prepared) {
            this.preparedGraphs = prepared;
            return this;
        }

        /**
         * Which of the two rules in circulation cuts text into words; they differ in rare cases.
         *
         * @param rule {@link PretokenizerRule#QWEN2} by default
         * @return this
         */
        public Builder pretokenizerRule(PretokenizerRule rule) {
            this.pretokenizerRule = rule;
            return this;
        }

        /**
         * Opens the engine.
         *
         * @return to be closed by the caller
         * @throws ModelLoadException if the checkpoint cannot be opened
         * @throws DeviceException    if a card was asked for and cannot be used, or has too little memory; the message
         *                            says why, and the way out
         */
        public TtsEngine build() {
            Scope owned = new Scope();
            try {
                return new TtsEngine(this, owned);
            } catch (RuntimeException e) {
                owned.closeAfter(e);
                throw e;
            }
        }
    }

    /**
     * Clones a voice ahead of its first speech, to keep it or to hear it sooner.
     *
     * @param clip from {@link Voice#clone(Pcm, String)} or {@link Voice#clone(Pcm)}
     * @return the voice; computed once, for any number of streams, and for {@link Voice.Cloned#save}
     * @throws InvalidRequestException if this is no Base checkpoint, the clip is too short to be encoded, or its
     *                                 transcript cannot be of that clip
     * @throws DeviceException         if the runtime fails or the engine is closed
     */
    public Voice.Cloned prepare(Voice.Clip clip) {
        requireType(ModelType.BASE, "a cloned voice");
        int tokens = tokenizer.encode("", clip.transcript(), "").length;
        Voice.Cloned voice = voices.encode(clip, tokens);
        engine.prepare(voice.referenceCodes());
        return voice;
    }

    /**
     * Takes over the sound of a voice that qwentts.cpp or a relative of it cloned with this model.
     *
     * @param spk its {@code .spk} file: the speaker vector
     * @return the voice, for {@link Voice.Cloned#save}
     * @throws InvalidRequestException if this is no Base checkpoint
     * @throws ModelLoadException      if the file is missing, damaged, or of a model of another size
     */
    public Voice.Cloned importVoice(Path spk) {
        requireType(ModelType.BASE, "a cloned voice");
        return voices.read(spk);
    }

    /**
     * Takes over a voice with its reference that qwentts.cpp or a relative of it cloned with this model.
     *
     * @param spk        its {@code .spk} file: the speaker vector
     * @param rvq        its {@code .rvq} file: the reference codes
     * @param transcript every word of the reference; not blank
     * @return the voice, for {@link Voice.Cloned#save}
     * @throws InvalidRequestException if this is no Base checkpoint
     * @throws ModelLoadException      if a file is missing, damaged, or of a model of another size
     */
    public Voice.Cloned importVoice(Path spk, Path rvq, String transcript) {
        requireType(ModelType.BASE, "a cloned voice");
        return voices.read(spk, rvq, transcript);
    }

    /**
     * Speaks a text and waits for all of it.
     *
     * @param request what to speak, and how
     * @return the whole speech
     * @throws InvalidRequestException if the request does not fit this checkpoint; the message says what would
     * @throws DeviceException         if the runtime fails or the engine is closed
     */
    public Speech speak(SynthesisRequest request) {
        List<float[]> pieces = new ArrayList<>();
        int samples = 0;
        try (SpeechStream stream = stream(request.withChunks(ChunkSchedule.THROUGHPUT))) {
            for (AudioChunk chunk : stream) {
                pieces.add(chunk.samples());
                samples += chunk.samples().length;
            }
            float[] whole = new float[samples];
            int at = 0;
            for (float[] piece : pieces) {
                System.arraycopy(piece, 0, whole, at, piece.length);
                at += piece.length;
            }
            return new Speech(Pcm.mono(whole, sampleRateHz()), stream.stats());
        }
    }

    /**
     * Speaks a text as it is made. Closing the stream early cancels the rest. A checkpoint whose
     * {@code generation_config.json} has {@code max_sentence_characters}, such as the demo voice, gets the text sentence by
     * sentence; the stream is one, with 240 ms of silence between two sentences, which its statistics count.
     *
     * @param request what to speak, and how
     * @return the stream, to be read and closed by the caller
     * @throws InvalidRequestException if the request does not fit this checkpoint; the message says what would
     * @throws DeviceException         if the engine is closed
     */
    public SpeechStream stream(SynthesisRequest request) {
        Voice voice = request.voice() instanceof Voice.Clip clip ? prepare(clip) : request.voice();
        PromptRequest whole = promptRequest(request, voice);
        List<TalkerPrompt> pieces = pieces(request.text()).stream()
                .map(text -> prompt(whole.withText(text), voice))
                .toList();
        GenerationOptions generation = request.generation().orElse(checkpoint.generation());
        int maxFrames = generation.maxNewTokens() == checkpoint.generation().maxNewTokens()
                ? Integer.MAX_VALUE // the checkpoint's own limit is that of a piece
                : generation.maxNewTokens() - 1;
        int positions = pieces.stream().mapToInt(TalkerPrompt::positions).max().orElseThrow();
        int most = backend.maxPositions();
        if (positions >= most) {
            boolean isModels = most == checkpoint.config().talker().maxPositions();
            throw new InvalidRequestException(Check.message(
                            "prompt fills the " + (isModels ? "model's context" : "room of a stream"),
                            "promptPositions",
                            positions,
                            "maxPositions",
                            most)
                    + "; split the text" + (isModels ? "" : ", or raise maxFrames"));
        }
        generation = generation.withMaxNewTokens(Math.min(generation.maxNewTokens(), Math.max(2, most - positions)));
        long seed = request.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong());
        return engine.submit(new SpeechJob(pieces, generation, maxFrames, seed, request.chunks()));
    }

    private List<String> pieces(String text) {
        OptionalInt maxChars = checkpoint.maxSentenceChars();
        return maxChars.isPresent() ? TextPieces.of(text, maxChars.getAsInt()) : List.of(text);
    }

    private TalkerPrompt prompt(PromptRequest request, Voice voice) {
        PromptLayout layout = prompts.layout(request);
        return voice instanceof Voice.Cloned cloned
                ? new TalkerPrompt(layout, cloned.speakerVector(), cloned.referenceCodes())
                : TalkerPrompt.of(layout);
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
        } else if (speaking instanceof Voice.Cloned cloned) {
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
                model.size(),
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
     * Which kind of voice the checkpoint speaks with.
     *
     * @return what {@code tts_model_type} says
     */
    public ModelType modelType() {
        return checkpoint.config().prompt().type();
    }

    /**
     * Whether a request may say how to speak.
     *
     * @return true for the 1.7B CustomVoice and VoiceDesign checkpoints; the others refuse
     *     {@link SynthesisRequest#withInstruct}
     */
    public boolean takesInstructions() {
        return checkpoint.config().prompt().instructSupported();
    }

    /**
     * The preset speakers.
     *
     * @return names for {@link Voice#named}; none but for CustomVoice checkpoints
     */
    public List<String> speakers() {
        return checkpoint.config().prompt().speakerNames();
    }

    /**
     * The languages.
     *
     * @return names for {@link io.github.qwen3tts.api.Language#of}, {@code auto} among them
     */
    public List<String> languages() {
        return checkpoint.config().prompt().languageNames();
    }

    /**
     * How this checkpoint draws codes unless a request says otherwise.
     *
     * @return the start for changed options
     */
    public GenerationOptions generationDefaults() {
        return checkpoint.generation();
    }

    /**
     * Streams that speak at once; more wait for their turn.
     *
     * @return what was asked for, or 8; on a card with little memory fewer, if nothing was asked for
     */
    public int maxStreams() {
        return maxStreams;
    }

    /**
     * Room of a stream: positions of its prompt and frames of its speech together.
     *
     * @return on a card what was asked for, or 4096, or less if nothing was asked for and memory is little; on a processor
     *         the model's context
     */
    public int maxFrames() {
        return backend.maxPositions();
    }

    /**
     * The rate of all audio.
     *
     * @return 24000 for the released codec
     */
    public int sampleRateHz() {
        return checkpoint.codec().sampleRateHz();
    }

    /**
     * What computes.
     *
     * @return the processor or a card, whatever was asked for
     */
    public Device device() {
        return backend.device();
    }

    /** Ends all streams, which fail with a {@link TtsException}, and gives everything back. Safe to call again. */
    @Override
    public synchronized void close() { // a second caller waits: nothing is freed before the engine thread has ended
        owned.close();
    }

    @Override
    public String toString() {
        PromptVocabulary model = checkpoint.config().prompt();
        return "Qwen3-TTS " + model.type().published() + " " + model.size() + " from " + checkpoint.directory();
    }
}
