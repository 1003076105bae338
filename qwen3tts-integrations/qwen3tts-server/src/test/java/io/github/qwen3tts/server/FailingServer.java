package io.github.qwen3tts.server;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.server.internal.http.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server put together by hand, whose engine can be taken away while it listens. */
final class FailingServer implements AutoCloseable {

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final TtsEngine engine;
    private final HttpServer http;

    FailingServer() throws IOException {
        Config config = TestServer.config(Golden.CUSTOM_VOICE, "");
        ServerSettings settings = TestServer.settings(config);
        Router router = new Router(new ServerContext(config, settings, workers));
        http = HttpServer.start(new InetSocketAddress("127.0.0.1", 0), workers, router);
        engine = TtsEngine.builder(config).build();
        router.modelLoaded(new LoadedModel(engine, config, settings));
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + http.address().getPort());
    }

    /** Every speech fails from now on, those that are spoken too. */
    void fail() {
        engine.close();
    }

    @Override
    public void close() {
        http.close();
        workers.shutdownNow();
        engine.close();
    }
}
