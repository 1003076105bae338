package io.github.qwen3tts.server;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.TtsEngineBuilder;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.server.internal.http.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Serves OpenAI's speech API over HTTP, a WebSocket that takes text piece by piece, and a web page to try voices. It
 * listens at once and answers 503 until its model is loaded.
 *
 * <pre>{@code
 * Config config = Config.read(file, ServerSettings.SECTION);
 * try (SpeechServer server = SpeechServer.start(config, ServerSettings.of(config))) {
 *     System.out.println(server.address());
 *     ...
 * }
 * }</pre>
 */
public final class SpeechServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SpeechServer.class.getName());

    private static final String MODEL_NAME = "qwen3-tts"; // of an engine that was opened elsewhere
    private static final int OTHER_REQUESTS = 16; // handled beside those that are spoken or queued
    private static final int IDLE_SECONDS = 60;

    private final ExecutorService workers;
    private final Router router;
    private final HttpServer http;
    private TtsEngine loaded; // null if the engine is the caller's

    private SpeechServer(Config config, ServerSettings settings) throws IOException {
        workers = workers(settings.limits());
        router = new Router(new ServerContext(config, settings, workers));
        http = HttpServer.start(new InetSocketAddress(settings.host(), settings.port()), workers, router);
    }

    /**
     * Starts to listen, loads the model and the voice of a configuration, and returns when it can speak.
     *
     * @param config   the model, the defaults of requests and the voice to clone
     * @param settings of the server
     * @return the server, to be closed by the caller; it closes the model
     * @throws IOException  if it cannot listen at the address, or cannot read a voice
     * @throws TtsException if the model cannot be loaded
     */
    public static SpeechServer start(Config config, ServerSettings settings) throws IOException {
        return start(config, settings, engine -> {});
    }

    /**
     * Likewise, with choices for the engine that a configuration has no setting for.
     *
     * @param config   the model, the defaults of requests and the voice to clone
     * @param settings of the server
     * @param choices  sets them before the model is loaded, such as {@link TtsEngineBuilder#onProgress}
     * @return the server, to be closed by the caller; it closes the model
     * @throws IOException  if it cannot listen at the address, or cannot read a voice
     * @throws TtsException if the model cannot be loaded
     */
    public static SpeechServer start(Config config, ServerSettings settings, Consumer<TtsEngineBuilder> choices)
            throws IOException {
        return start(config, settings, choices, Optional.empty());
    }

    /**
     * Starts to listen with a model that is loaded, and returns when it can speak. Its name is {@code qwen3-tts};
     * requests have the default chunks and the default rate of 24000 Hz. Voices that the application has prepared are
     * served from {@link ServerSettings#withVoicesDirectory}.
     *
     * @param engine   the model; requests beyond its own limit of concurrent streams wait in its queue. It stays the
     *                 caller's to close, after the server
     * @param settings of the server
     * @return the server, to be closed by the caller
     * @throws IOException if it cannot listen at the address, or cannot read the directory of voices
     */
    public static SpeechServer start(TtsEngine engine, ServerSettings settings) throws IOException {
        return start(Config.of(MODEL_NAME), settings, unused -> {}, Optional.of(engine));
    }

    private static SpeechServer start(
            Config config, ServerSettings settings, Consumer<TtsEngineBuilder> choices, Optional<TtsEngine> given)
            throws IOException {
        SpeechServer server = new SpeechServer(config, settings);
        try {
            TtsEngine engine = given.isPresent() ? given.get() : server.load(config, settings, choices);
            server.router.modelLoaded(new LoadedModel(engine, config, settings));
            server.logAddress(settings);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private TtsEngine load(Config config, ServerSettings settings, Consumer<TtsEngineBuilder> choices) {
        TtsEngineBuilder builder =
                TtsEngine.builder(config).maxStreams(settings.limits().maxConcurrent());
        choices.accept(builder);
        loaded = builder.build();
        return loaded;
    }

    private void logAddress(ServerSettings settings) {
        LOG.log(System.Logger.Level.INFO, "serving: {0}, {1}", address(), settings);
        boolean open = settings.access().apiKey().isEmpty();
        if (open && !http.address().getAddress().isLoopbackAddress()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "anybody who can reach {0} can use this server: set server.api_key",
                    address());
        }
    }

    /** Threads for all requests that may be spoken or queued, and a few for short ones. */
    private static ThreadPoolExecutor workers(ServerSettings.Limits limits) {
        return new ThreadPoolExecutor(
                0,
                limits.maxConcurrent() + limits.maxQueue() + OTHER_REQUESTS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                work -> {
                    Thread thread = new Thread(work, "qwen3tts-request");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Returns the address of the server.
     *
     * @return such as {@code http://127.0.0.1:8000}
     */
    public URI address() {
        InetSocketAddress address = http.address();
        String host = address.getAddress().isAnyLocalAddress()
                ? "localhost"
                : address.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
    }

    /** Closes all connections, cancels all requests, and closes the model if this server loaded it. Idempotent. */
    @Override
    public void close() {
        http.close();
        workers.shutdownNow();
        if (loaded != null) {
            loaded.close();
        }
    }
}
