package io.github.qwen3tts.server;

import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.server.internal.http.ClientGoneException;
import io.github.qwen3tts.server.internal.http.Exchange;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;

/** {@code POST /v1/audio/speech}. */
final class SpeechRoute {

    private static final System.Logger LOG = System.getLogger(SpeechRoute.class.getName());

    private static final long SEEDS = 1L << 53; // what JavaScript can repeat

    private final Service service;

    SpeechRoute(Service service) {
        this.service = service;
    }

    static long newSeed() {
        return ThreadLocalRandom.current().nextLong(SEEDS);
    }

    void answer(Exchange exchange, Synthesizer synthesizer) throws IOException {
        SpeechParameters wanted = SpeechParameters.of(
                JsonBody.parse(exchange.body()),
                service.inference(),
                service.settings().limits().maxInputChars());
        wanted.model().ifPresent(service.models()::require);
        wanted.format().missing().ifPresent(reason -> {
            throw ApiException.invalid("response_format", reason);
        });
        long seed = wanted.seed().orElseGet(SpeechRoute::newSeed);
        Turnstile.Pass pass = service.turnstile().enter();
        try (pass;
                SpeechStream speech = synthesizer.stream(wanted, seed)) {
            exchange.onDisconnect(speech::close);
            deliver(new SpeechAnswer(exchange, synthesizer, wanted, speech, seed));
        }
    }

    private void deliver(SpeechAnswer answer) throws IOException {
        try {
            answer.deliver();
            ended(answer);
        } catch (SpeechCancelledException | ClientGoneException e) {
            answer.speech().close();
            ended(answer);
            throw e;
        } catch (IOException | RuntimeException e) {
            service.metrics().failedSpeech();
            throw e;
        }
    }

    private void ended(SpeechAnswer answer) {
        SynthesisStats stats = answer.speech().stats();
        service.metrics().speech(FinishWords.reason(stats.reason()), stats);
        LOG.log(
                System.Logger.Level.INFO,
                "speech: format={0}, delivery={1}, chars={2}, end={3}, audioSeconds={4}, ttfaMillis={5}, rtf={6}",
                answer.wanted().format(),
                answer.wanted().delivery(),
                answer.wanted().input().length(),
                stats.reason(),
                stats.audioSeconds(),
                stats.ttfaMillis(),
                stats.rtf());
    }
}
