package io.github.qwen3tts.server;

import io.github.qwen3tts.config.Config;
import java.util.concurrent.Executor;

/**
 * What the ways to speak share.
 *
 * @param config    of the server
 * @param models    names of the model
 * @param turnstile lets speeches in
 * @param metrics   counts them
 * @param workers   threads that may block
 */
record Service(Config config, ModelNames models, Turnstile turnstile, Metrics metrics, Executor workers) {

    Service(Config config, Executor workers) {
        this(
                config,
                new ModelNames(config),
                new Turnstile(
                        config.server().limits().maxConcurrent(),
                        config.server().limits().maxQueue()),
                new Metrics(),
                workers);
    }
}
