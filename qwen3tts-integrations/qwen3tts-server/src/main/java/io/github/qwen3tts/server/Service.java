package io.github.qwen3tts.server;

import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.config.InferenceSettings;
import java.util.concurrent.Executor;

/**
 * What the ways to speak share.
 *
 * @param settings  of the server
 * @param inference defaults of requests
 * @param models    names of the model
 * @param turnstile lets speeches in
 * @param metrics   counts them
 * @param workers   threads that may block
 */
record Service(
        ServerSettings settings,
        InferenceSettings inference,
        ModelNames models,
        Turnstile turnstile,
        Metrics metrics,
        Executor workers) {

    Service(Config config, ServerSettings settings, Executor workers) {
        this(
                settings,
                config.inference(),
                new ModelNames(config.model().modelPath(), settings.names().modelAliases()),
                new Turnstile(
                        settings.limits().maxConcurrent(), settings.limits().maxQueue()),
                new Metrics(),
                workers);
    }
}
