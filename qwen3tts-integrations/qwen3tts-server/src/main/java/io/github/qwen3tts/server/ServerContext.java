package io.github.qwen3tts.server;

import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.config.InferenceSettings;
import java.util.concurrent.Executor;

/**
 * State that all handlers share.
 *
 * @param settings  of the server
 * @param inference defaults of requests
 * @param modelNames names of the model
 * @param limiter   of requests spoken and queued
 * @param metrics   counts requests
 * @param workers   threads that may block
 */
record ServerContext(
        ServerSettings settings,
        InferenceSettings inference,
        ModelNames modelNames,
        ConcurrencyLimiter limiter,
        Metrics metrics,
        Executor workers) {

    ServerContext(Config config, ServerSettings settings, Executor workers) {
        this(
                settings,
                config.inference(),
                new ModelNames(config.model().modelPath(), settings.names().modelAliases()),
                new ConcurrencyLimiter(
                        settings.limits().maxConcurrent(), settings.limits().maxQueue()),
                new Metrics(),
                workers);
    }
}
