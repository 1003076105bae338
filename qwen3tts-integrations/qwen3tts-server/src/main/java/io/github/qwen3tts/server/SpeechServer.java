package io.github.qwen3tts.server;

import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.config.ServerSettings;
import io.github.qwen3tts.server.internal.http.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Speaks over HTTP as OpenAI's API does. Listens at once, and answers when its model is loaded. */
public final class SpeechServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SpeechServer.class.getName());

    private static final int OTHER_REQUESTS = 16; // in work beside the speeches
    private static final int IDLE_SECONDS = 60;

    private final HttpServer http;
    private final ExecutorService workers;
    private final Synthesizer synthesizer;

    private SpeechServer(HttpServer http, ExecutorService workers, Synthesizer synthesizer) {
        this.http = http;
        this.workers = workers;
        this.synthesizer = synthesizer;
    }

    /**
     * Starts to listen, loads the model, and returns when it can speak.
     *
     * @param config what to serve, and where
     * @return the server, to be closed by the caller
     * @throws IOException  if the address cannot be listened at, or a voice cannot be read
     * @throws TtsException if the model cannot be loaded
     */
    public static SpeechServer start(Config config) throws IOException {
        ServerSettings settings = config.server();
        ThreadPoolExecutor workers = workers(settings.limits());
        try {
            Routes routes = new Routes(new Service(config, workers));
            HttpServer http =
                    HttpServer.start(new InetSocketAddress(settings.host(), settings.port()), workers, routes);
            return load(config, workers, routes, http);
        } catch (IOException | RuntimeException e) {
            workers.shutdownNow();
            throw e;
        }
    }

    private static SpeechServer load(Config config, ExecutorService workers, Routes routes, HttpServer http)
            throws IOException {
        try {
            Synthesizer synthesizer = Synthesizer.load(config);
            routes.ready(synthesizer);
            SpeechServer server = new SpeechServer(http, workers, synthesizer);
            LOG.log(System.Logger.Level.INFO, "serving: {0}", server.address());
            boolean open = config.server().access().apiKey().isEmpty();
            if (open && !http.address().getAddress().isLoopbackAddress()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "everybody who reaches {0} may speak: set server.api_key",
                        server.address());
            }
            return server;
        } catch (IOException | RuntimeException e) {
            http.close();
            throw e;
        }
    }

    /** A thread for every speech that may speak or wait, and a few for what is quickly answered. */
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
     * Where it is found.
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

    /** Breaks all connections, ends all speeches and lets go of the model. Safe to call twice. */
    @Override
    public void close() {
        http.close();
        workers.shutdownNow();
        synthesizer.close();
    }
}
