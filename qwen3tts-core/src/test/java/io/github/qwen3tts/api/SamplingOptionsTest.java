package io.github.qwen3tts.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.sample.Sampling;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SamplingOptionsTest {

    @Test
    void whatIsNotSetStaysTheCheckpoints() {
        GenerationOptions own =
                new GenerationOptions(new Sampling(0.8f, 40, 0.9f), new Sampling(0.7f, 30, 0.95f), 1.1f, 100);
        assertEquals(own, own.with(SamplingOptions.MODEL_DEFAULT));
        GenerationOptions calm = own.with(SamplingOptions.MODEL_DEFAULT.temperature(0.5f));
        assertEquals(new Sampling(0.5f, 40, 0.9f), calm.talker());
        assertEquals(own.codePredictor(), calm.codePredictor());
        assertEquals(own.with(own.sampling()), own, "all of them set is the same again");
    }

    @Test
    void changesAddUp() {
        SynthesisRequest request = SynthesisRequest.of("Hello.")
                .withSampling(s -> s.temperature(0.5f))
                .withSampling(s -> s.topK(7).predictorTopP(0.5f));
        assertEquals(SamplingOptions.MODEL_DEFAULT.topK(7).predictorTopP(0.5f).temperature(0.5f), request.sampling());
        assertEquals(
                "SamplingOptions[temperature=0.5, topK=7, predictorTopP=0.5]",
                request.sampling().toString());
    }

    @Test
    void greedyKeepsThePenalty() {
        GenerationOptions greedy = GenerationOptions.OFFICIAL.with(
                SamplingOptions.MODEL_DEFAULT.repetitionPenalty(1.3f).greedy());
        assertEquals(GenerationOptions.OFFICIAL.withRepetitionPenalty(1.3f).greedy(), greedy);
    }

    @Test
    void valuesOutOfRangeAreRefusedWhereTheyAreSet() {
        SamplingOptions options = SamplingOptions.MODEL_DEFAULT;
        assertThrows(InvalidRequestException.class, () -> options.temperature(-1));
        assertThrows(InvalidRequestException.class, () -> options.temperature(Float.NaN));
        assertThrows(InvalidRequestException.class, () -> options.topK(-1));
        assertThrows(InvalidRequestException.class, () -> options.topP(0));
        assertThrows(InvalidRequestException.class, () -> options.topP(1.1f));
        assertThrows(InvalidRequestException.class, () -> options.repetitionPenalty(0));
        assertThrows(InvalidRequestException.class, () -> options.predictorTemperature(Float.POSITIVE_INFINITY));
        assertThrows(InvalidRequestException.class, () -> options.predictorTopK(-1));
        assertThrows(InvalidRequestException.class, () -> options.predictorTopP(2));
    }

    @Test
    void aRequestTellsWhatIsSetAndHidesItsText() {
        SynthesisRequest request = SynthesisRequest.of("A secret.").withMaxDuration(Duration.ofSeconds(20));
        assertEquals(Optional.of(Duration.ofSeconds(20)), request.maxDuration());
        assertEquals(-1, request.toString().indexOf("secret"), request::toString);
        assertEquals(request, SynthesisRequest.of("A secret.").withMaxDuration(Duration.ofSeconds(20)));
        assertThrows(InvalidRequestException.class, () -> request.withMaxDuration(Duration.ofMillis(79)));
    }
}
