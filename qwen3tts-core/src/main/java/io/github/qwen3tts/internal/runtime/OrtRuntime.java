package io.github.qwen3tts.internal.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Progress;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.onnx.PackedWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The process's ONNX Runtime, and how sessions are opened in it. There is one environment per process. If this library
 * comes first, all its sessions share one thread pool. If the application was first, the sessions work all the same,
 * each on a pool of its own: correct, but a little slower.
 */
public final class OrtRuntime {

    private static final System.Logger LOG = System.getLogger(OrtRuntime.class.getName());

    /** The settings of the shared pool once this library has created it; there is no other way to ask for them. */
    private static Threads sharedPool;

    private final OrtEnvironment environment;
    private final Threads threads;
    private final boolean shared;
    private final PreparedGraphs prepared; // null if graphs are opened fresh
    private final OptionalInt card; // whose provider graphs are opened with

    private OrtRuntime(OrtEnvironment environment, Threads threads, boolean shared, PreparedGraphs prepared) {
        this(environment, threads, shared, prepared, OptionalInt.empty());
    }

    private OrtRuntime(
            OrtEnvironment environment, Threads threads, boolean shared, PreparedGraphs prepared, OptionalInt card) {
        this.environment = environment;
        this.threads = threads;
        this.shared = shared;
        this.prepared = prepared;
        this.card = card;
    }

    /**
     * The threads graphs are computed on.
     *
     * @param count how many, the calling one included; {@code >= 1}
     * @param spin  whether idle threads wait actively: faster on a machine of one's own, slower on a shared one
     */
    public record Threads(int count, boolean spin) {
        public Threads {
            Check.argument(count >= 1, "threads must be >= 1", "threads", count);
        }

        @Override
        public String toString() {
            return count + (count == 1 ? " thread" : " threads") + (spin ? ", spinning" : "");
        }
    }

    /**
     * Joins or starts the process's runtime.
     *
     * @param wanted the threads to use if this call is the one that starts it
     * @return the runtime
     */
    public static synchronized OrtRuntime start(Threads wanted) {
        if (sharedPool == null) {
            try (OrtEnvironment.ThreadingOptions options = new OrtEnvironment.ThreadingOptions()) {
                options.setGlobalIntraOpNumThreads(wanted.count());
                options.setGlobalInterOpNumThreads(1);
                options.setGlobalSpinControl(wanted.spin());
                options.setGlobalDenormalAsZero(); // decaying signals would otherwise run at half the speed
                OrtEnvironment environment =
                        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "qwen3tts", options);
                OrtExit.keepEnvironment();
                environment.setTelemetry(false); // on by default where the runtime has it
                sharedPool = wanted;
                return new OrtRuntime(environment, wanted, true, null);
            } catch (IllegalStateException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "this application started ONNX Runtime before qwen3tts: each graph gets a thread pool of its own"
                                + " ({0}), which is slower; build the TtsEngine first to share one",
                        wanted);
                OrtExit.keepEnvironment();
                return new OrtRuntime(OrtEnvironment.getEnvironment(), wanted, false, null);
            } catch (OrtException e) {
                throw new ModelLoadException("cannot start ONNX Runtime: " + e.getMessage(), e);
            } catch (LinkageError e) {
                throw new ModelLoadException(
                        "ONNX Runtime has no native library that loads here: os=" + System.getProperty("os.name")
                                + ", arch=" + System.getProperty("os.arch") + ": " + e.getMessage(),
                        e);
            }
        }
        if (!sharedPool.equals(wanted)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "threads are shared by all engines of a process, and the first one decided: using={0}, wanted={1}",
                    sharedPool,
                    wanted);
        }
        return new OrtRuntime(OrtEnvironment.getEnvironment(), sharedPool, true, null);
    }

    /**
     * Whether graphs can run on a GPU.
     *
     * @param card as its driver counts
     * @return empty if they can, else what is missing and the way out
     */
    public Optional<String> cudaProblem(int card) {
        return OrtCuda.problem(environment, card);
    }

    /**
     * The same runtime with its CUDA provider: opens graphs on a GPU, as far as the provider knows their operators; the
     * rest of them stays on the CPU. Keeps no prepared graphs.
     *
     * @param card as its driver counts
     * @return the runtime
     * @throws DeviceException if something is missing; the message says what to add
     */
    public OrtRuntime onCuda(int card) {
        cudaProblem(card).ifPresent(problem -> {
            throw new DeviceException(problem);
        });
        return new OrtRuntime(environment, threads, shared, null, OptionalInt.of(card));
    }

    /**
     * The threads in use.
     *
     * @return what the process's first engine asked for
     */
    public Threads threads() {
        return threads;
    }

    /**
     * Whether all graphs share one thread pool.
     *
     * @return false if the application had started the runtime before
     */
    public boolean sharesOnePool() {
        return shared;
    }

    /**
     * Which ONNX Runtime this is.
     *
     * @return its version, such as {@code 1.28.0}
     */
    public String version() {
        return environment.getVersion();
    }

    /** How much work one run of a graph is, which decides whether it deserves threads of its own. */
    public enum Size {
        /** Microseconds: not worth waking anybody. */
        SMALL,
        /** Milliseconds. */
        LARGE
    }

    /**
     * This runtime, with a place for graphs in prepared form: see {@link #openPrepared}.
     *
     * @param directory created when it is needed
     * @param graphs    how many are opened together first; what preparing them takes is one task
     * @param progress  is told of what has to be prepared
     * @return shares everything else; this runtime itself where nobody can tell which CPU it runs on, as on macOS
     */
    public OrtRuntime preparingIn(Path directory, int graphs, Consumer<Progress> progress) {
        return PreparedGraphs.processor()
                .map(processor -> new PreparedGraphs(
                        directory, version(), processor, new PreparationProgress(progress, directory, graphs)))
                .map(graphsThere -> new OrtRuntime(environment, threads, shared, graphsThere))
                .orElse(this);
    }

    /**
     * Opens a graph.
     *
     * @param model the graph
     * @param size  how much work it is
     * @return the opened graph, to be closed by the caller
     * @throws ModelLoadException if the runtime refuses it
     */
    public OrtModel open(OnnxModel model, Size size) {
        Scope owned = new Scope();
        try {
            SessionOptions options = fresh(model, size, owned);
            return new OrtModel(model.name(), owned.own(environment.createSession(model.bytes(), options)), owned);
        } catch (OrtException | RuntimeException e) {
            owned.closeAfter(e);
            throw new ModelLoadException(
                    "cannot open graph: graph=" + model.name() + ", weights=" + model.weightsFolder() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * Opens a graph that takes long to open, such as one with large matrices, in the form the runtime made of it when it
     * was first opened on this machine: optimised, its weights laid out for the kernels of this CPU and mapped
     * rather than copied. Makes that form if it is missing. Without a place for it, or if anything is wrong with it, the
     * same as {@link #open}.
     *
     * @param model the graph
     * @param size  how much work it is
     * @return the opened graph, to be closed by the caller
     * @throws ModelLoadException if the runtime refuses it
     */
    public OrtModel openPrepared(OnnxModel model, Size size) {
        if (prepared == null) {
            return open(model, size);
        }
        Scope owned = new Scope();
        try {
            Path graph = prepared.findOrMake(model, folder -> prepare(model, size, folder));
            SessionOptions options = options(size, owned);
            options.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT); // done
            return new OrtModel(model.name(), owned.own(environment.createSession(graph.toString(), options)), owned);
        } catch (IOException | OrtException | RuntimeException e) {
            owned.closeAfter(e);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "graph is not kept in prepared form, which makes loading slower: graph=" + model.name()
                            + ", directory=" + prepared.directory(),
                    e);
            prepared.forget(model);
            return open(model, size);
        }
    }

    /** Has the runtime write a graph down as it would run it. */
    private void prepare(OnnxModel model, Size size, Path folder) throws IOException {
        try (Scope owned = new Scope()) {
            SessionOptions options = fresh(model, size, owned);
            options.setOptimizedModelFilePath(
                    folder.resolve(PreparedGraphs.GRAPH).toString());
            options.addConfigEntry("session.optimized_model_external_initializers_file_name", PreparedGraphs.WEIGHTS);
            options.addConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", "1024");
            options.addConfigEntry("session.save_external_prepacked_constant_initializers", "1");
            environment.createSession(model.bytes(), options).close();
            PackedWeights.align(folder.resolve(PreparedGraphs.GRAPH), folder.resolve(PreparedGraphs.WEIGHTS));
        } catch (OrtException e) {
            throw new IOException("cannot prepare graph: graph=" + model.name() + ": " + e.getMessage(), e);
        }
    }

    private SessionOptions fresh(OnnxModel model, Size size, Scope owned) throws OrtException {
        SessionOptions options = options(size, owned);
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        if (card.isPresent()) {
            OrtCuda.add(options, card.getAsInt());
        }
        if (model.weightsFolder().isPresent()) {
            options.addConfigEntry(
                    "session.model_external_initializers_file_folder_path",
                    model.weightsFolder().get().toString());
        }
        return options;
    }

    private SessionOptions options(Size size, Scope owned) throws OrtException {
        SessionOptions options = owned.own(new SessionOptions()); // has to outlive the session
        options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        options.addConfigEntry("session.set_denormal_as_zero", "1");
        // One plan for all tensors of a run puts small ones where large ones were, and halves of those are in the
        // caches of other CPU cores: where CPU cores share no cache, a tenth of the codec's time.
        options.setMemoryPatternOptimization(card.isPresent());
        if (shared) {
            options.disablePerSessionThreads();
        } else {
            options.setIntraOpNumThreads(size == Size.SMALL ? 1 : threads.count());
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", threads.spin() ? "1" : "0");
            options.addConfigEntry("session.force_spinning_stop", "1"); // between runs, when it is another pool's turn
        }
        return options;
    }
}
