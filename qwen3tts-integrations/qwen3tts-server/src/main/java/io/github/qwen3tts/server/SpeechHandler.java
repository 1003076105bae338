package io.github.qwen3tts.server;

import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.server.internal.http.ClientDisconnectedException;
import io.github.qwen3tts.server.internal.http.Exchange;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;

/** Handles {@code POST /v1/audio/speech}. */
final class SpeechHandler {

    private static final System.Logger LOG = System.getLogger(SpeechHandler.class.getName());

    private static final long SEEDS = 1L << 53; // integers that JavaScript has

    private final ServerContext context;

    SpeechHandler(ServerContext context) {
        this.context = context;
    }

    static long newSeed() {
        return ThreadLocalRandom.current().nextLong(SEEDS);
    }

    void handle(Exchange exchange, LoadedModel model) throws IOException {
        SpeechParameters parameters = SpeechParameters.of(
                JsonBody.parse(exchange.body()),
                context.inference(),
                context.settings().limits().maxInputChars());
        parameters.model().ifPresent(context.modelNames()::require);
        parameters.format().missing().ifPresent(reason -> {
            throw ApiException.invalid("response_format", reason);
        });
        long seed = parameters.seed().orElseGet(SpeechHandler::newSeed);
        ConcurrencyLimiter.Permit permit = context.limiter().acquire();
        try (permit;
                SpeechStream stream = model.stream(parameters, seed)) {
            exchange.onDisconnect(stream::close);
            send(new SpeechResponse(exchange, model, parameters, stream, seed));
        }
    }

    private void send(SpeechResponse response) throws IOException {
        try {
            response.send();
            count(response);
        } catch (SpeechCancelledException | ClientDisconnectedException e) {
            response.stream().close();
            count(response);
            throw e;
        } catch (IOException | RuntimeException e) {
            context.metrics().failedSpeech();
            throw e;
        }
    }

    private void count(SpeechResponse response) {
        SynthesisStats stats = response.stream().stats();
        context.metrics().speech(OpenAiFields.finishReason(stats.reason()), stats);
        LOG.log(
                System.Logger.Level.INFO,
                "speech: format={0}, delivery={1}, chars={2}, end={3}, audioSeconds={4}, ttfaMillis={5}, rtf={6}",
                response.parameters().format(),
                response.parameters().delivery(),
                response.parameters().input().length(),
                stats.reason(),
                stats.audioSeconds(),
                stats.ttfaMillis(),
                stats.rtf());
    }
}
