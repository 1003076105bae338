package io.github.qwen3tts;

import io.github.qwen3tts.api.Backend;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.Progress;
import io.github.qwen3tts.hub.HubOptions;
import io.github.qwen3tts.hub.ModelHub;
import io.github.qwen3tts.internal.CacheDirectory;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.ProgressListeners;
import io.github.qwen3tts.internal.device.LoadOptions;
import io.github.qwen3tts.internal.engine.SpeechEngine;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.stream.PendingSpeech;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Collects the choices an engine is opened with. Every choice has a default that is right for most. For one thread.
 *
 * <pre>{@code
 * TtsEngine engine = TtsEngine.builder("Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice")
 *         .precision(Precision.INT8)
 *         .build();
 * }</pre>
 *
 * @since 0.1.0
 */
public final class TtsEngineBuilder {

    private final Supplier<Path> model;
    private OptionalInt threads = OptionalInt.empty();
    private boolean spinning;
    private OptionalInt maxStreams = OptionalInt.empty();
    private int maxQueued = SpeechEngine.Limits.DEFAULT_MAX_QUEUED;
    private double maxBufferedSeconds = 30;
    private int maxTextTokens = 2048;
    private OptionalInt maxFrames = OptionalInt.empty();
    private Device device = Device.AUTO;
    private Backend backend = Backend.NATIVE;
    private Precision precision = Precision.AUTO;
    private Path cacheDirectory = CacheDirectory.ofUser();
    private boolean preparedGraphs = true;
    private PretokenizerRule pretokenizerRule = PretokenizerRule.QWEN2;
    private Consumer<Progress> progress = ProgressListeners.LOGGED;
    private Executor executor = PendingSpeech.NEW_THREAD;

    TtsEngineBuilder(Path directory) {
        Objects.requireNonNull(directory, "directory");
        model = () -> directory;
    }

    TtsEngineBuilder(String nameOrDirectory) {
        Objects.requireNonNull(nameOrDirectory, "nameOrDirectory");
        model = () -> new ModelHub(HubOptions.from(System.getenv()).withProgress(progress)).resolve(nameOrDirectory);
    }

    /**
     * Sets the device that computes. A GPU needs {@code org.bytedeco:cuda}, {@code cuda-redist} and {@code javacpp} with
     * the classifier of the platform on the class path; nothing of CUDA is loaded without them.
     *
     * @param device {@link Device#AUTO} by default: the first GPU if one can be used and has enough memory, else the CPU
     * @return this
     */
    public TtsEngineBuilder device(Device device) {
        this.device = Objects.requireNonNull(device, "device");
        return this;
    }

    /**
     * Sets the device that computes by its name; see {@link #device(Device)}.
     *
     * @param name {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
     * @return this
     * @throws InvalidRequestException if there is none of this name
     */
    public TtsEngineBuilder device(String name) {
        return device(Device.named(name));
    }

    /**
     * Sets which code computes on a GPU.
     *
     * @param backend {@link Backend#NATIVE} by default
     * @return this
     */
    public TtsEngineBuilder backend(Backend backend) {
        this.backend = Objects.requireNonNull(backend, "backend");
        return this;
    }

    /**
     * Sets which code computes on a GPU by its name; see {@link #backend(Backend)}.
     *
     * @param name {@code native} or {@code onnxruntime}
     * @return this
     * @throws InvalidRequestException if there is none of this name
     */
    public TtsEngineBuilder backend(String name) {
        return backend(Backend.named(name));
    }

    /**
     * Sets the number of CPU threads that compute. The first engine of a process decides for all of them.
     *
     * @param threads {@code >= 1}; best the number of physical cores. All logical CPUs, but at most 8, by default
     * @return this
     * @throws InvalidRequestException if the number is out of range
     */
    public TtsEngineBuilder threads(int threads) {
        Check.argument(threads >= 1, "threads must be >= 1", "threads", threads);
        this.threads = OptionalInt.of(threads);
        return this;
    }

    /**
     * Sets whether idle threads wait actively: about a quarter faster on a machine that nothing else uses, much slower on
     * a shared one. Off by default.
     *
     * @param spinning whether they do
     * @return this
     */
    public TtsEngineBuilder spinning(boolean spinning) {
        this.spinning = spinning;
        return this;
    }

    /**
     * Sets the maximum number of concurrent streams; further requests are queued. A GPU steps them together, and reserves
     * memory for each when the engine opens.
     *
     * @param maxStreams {@code >= 1}, on a GPU at most 64; 8 by default, on a GPU with little memory 4, 2 or 1
     * @return this
     * @throws InvalidRequestException if the number is out of range
     */
    public TtsEngineBuilder maxStreams(int maxStreams) {
        Check.argument(maxStreams >= 1, "maxStreams must be >= 1", "maxStreams", maxStreams);
        this.maxStreams = OptionalInt.of(maxStreams);
        return this;
    }

    /**
     * Sets how many requests may wait for their turn. Further ones are refused with
     * {@link io.github.qwen3tts.api.OverloadedException}.
     *
     * @param maxQueued {@code >= 0}; 256 by default
     * @return this
     * @throws InvalidRequestException if the number is out of range
     */
    public TtsEngineBuilder maxQueued(int maxQueued) {
        Check.argument(maxQueued >= 0, "maxQueued must be >= 0", "maxQueued", maxQueued);
        this.maxQueued = maxQueued;
        return this;
    }

    /**
     * Sets the GPU memory reserved per stream when the engine opens, in frames of speech and positions of its prompt
     * together. A speech ends there with {@link io.github.qwen3tts.api.FinishReason#FRAME_LIMIT}. A CPU allocates memory
     * as it is needed and ignores this.
     *
     * @param maxFrames {@code >= 2}; 4096 by default, five minutes; 2048 or 1024 by default if GPU memory is short
     * @return this
     * @throws InvalidRequestException if the number is out of range
     */
    public TtsEngineBuilder maxFrames(int maxFrames) {
        Check.argument(maxFrames >= 2, "maxFrames must be >= 2", "maxFrames", maxFrames);
        this.maxFrames = OptionalInt.of(maxFrames);
        return this;
    }

    /**
     * Sets how much audio is buffered for a slow reader before its stream pauses.
     *
     * @param seconds {@code > 0}; 30 by default
     * @return this
     * @throws InvalidRequestException if the number is out of range
     */
    public TtsEngineBuilder maxBufferedSeconds(double seconds) {
        Check.argument(seconds > 0, "maxBufferedSeconds must be > 0", "maxBufferedSeconds", seconds);
        this.maxBufferedSeconds = seconds;
        return this;
    }

    /**
     * Sets the length limit of the text of one request; the same for an instruct and a transcript.
     *
     * @param maxTextTokens {@code >= 1}; 2048 by default; {@link TtsEngine#tokens} counts
     * @return this
     * @throws InvalidRequestException if the number is out of range
     */
    public TtsEngineBuilder maxTextTokens(int maxTextTokens) {
        Check.argument(maxTextTokens >= 1, "maxTextTokens must be >= 1", "maxTextTokens", maxTextTokens);
        this.maxTextTokens = maxTextTokens;
        return this;
    }

    /**
     * Sets how the weights are stored.
     *
     * @param precision {@link Precision#AUTO} by default
     * @return this
     */
    public TtsEngineBuilder precision(Precision precision) {
        this.precision = Objects.requireNonNull(precision, "precision");
        return this;
    }

    /**
     * Sets where quantised weights, prepared graphs and compiled kernels are kept from one start to the next.
     *
     * @param directory created if missing; below the user's cache directory by default
     * @return this
     */
    public TtsEngineBuilder cacheDirectory(Path directory) {
        this.cacheDirectory = Objects.requireNonNull(directory, "directory");
        return this;
    }

    /**
     * Sets whether graphs are kept in the cache directory as ONNX Runtime lays them out for this CPU: the second load takes
     * seconds less, and weights are mapped, so that engines of several processes share them. Costs disk space of about
     * twice the size of the weights. On by default; does nothing for toy checkpoints and on macOS.
     *
     * @param prepared whether they are
     * @return this
     */
    public TtsEngineBuilder preparedGraphs(boolean prepared) {
        this.preparedGraphs = prepared;
        return this;
    }

    /**
     * Sets which of the two pre-tokenizer rules in circulation splits text into words. The official code applies
     * {@link PretokenizerRule#QWEN2} unless its tokenizer is loaded with {@code fix_mistral_regex}; the two differ in rare
     * cases.
     *
     * @param rule {@link PretokenizerRule#QWEN2} by default
     * @return this
     */
    public TtsEngineBuilder pretokenizerRule(PretokenizerRule rule) {
        this.pretokenizerRule = Objects.requireNonNull(rule, "rule");
        return this;
    }

    /**
     * Sets who is told how far long work is: a download, the quantisation of weights at a first load, the preparation of
     * graphs. One report at a time, on the threads that work, so that a slow listener slows them down. What it throws is
     * logged once; the work goes on and reports no more.
     *
     * @param listener by default, the log gets a line when a task starts and one for every tenth of it
     * @return this
     */
    public TtsEngineBuilder onProgress(Consumer<Progress> listener) {
        this.progress = ProgressListeners.guarded(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Sets what runs {@link TtsEngine#speakAsync} and the signals of {@link io.github.qwen3tts.api.SpeechStream#publisher}:
     * one task per speech, which blocks as long as the speech lasts.
     *
     * @param executor with a thread for every speech at once; daemon threads of their own by default
     * @return this
     */
    public TtsEngineBuilder executor(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /**
     * Opens the engine. Downloads the model if it is a name and not on this machine yet; quantises weights at the first
     * load, which takes up to a minute.
     *
     * @return the engine, to be closed by the caller
     * @throws InvalidRequestException if the model is neither a directory nor a name
     * @throws ModelLoadException      if the checkpoint cannot be fetched or opened
     * @throws DeviceException         if a GPU was asked for and cannot be used, or has too little memory; the message
     *                                 says why, and the way out
     */
    public TtsEngine build() {
        Path directory = model.get();
        Scope owned = new Scope();
        try {
            return new TtsEngine(directory, this, owned);
        } catch (RuntimeException e) {
            owned.closeAfter(e);
            throw e;
        }
    }

    OrtRuntime.Threads cpuThreads() {
        int defaultThreads = Math.min(8, Runtime.getRuntime().availableProcessors());
        return new OrtRuntime.Threads(threads.orElse(defaultThreads), spinning);
    }

    LoadOptions loadOptions() {
        return new LoadOptions(
                device,
                backend,
                precision,
                maxStreams,
                maxFrames,
                maxTextTokens,
                cacheDirectory,
                preparedGraphs,
                progress);
    }

    int maxQueued() {
        return maxQueued;
    }

    double maxBufferedSeconds() {
        return maxBufferedSeconds;
    }

    int maxTextTokens() {
        return maxTextTokens;
    }

    PretokenizerRule pretokenizerRule() {
        return pretokenizerRule;
    }

    Executor executor() {
        return executor;
    }
}
