package io.github.qwen3tts.bench;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.hearing.HeldOutSentence;
import io.github.qwen3tts.hearing.SpeechRecognizer;
import io.github.qwen3tts.hearing.WordErrors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How well a precision is understood by a speech recogniser of English.
 *
 * @param precision name of a preset
 * @param errors    word errors over all sentences
 * @param teacher   word errors of the teacher of the demo voice, flite's slt, in the same sentences
 * @param sentences spoken
 * @param ended     sentences that the model ended itself
 * @param seconds   of audio, all sentences together
 */
public record HeardScore(
        String precision, WordErrors errors, WordErrors teacher, int sentences, int ended, double seconds) {

    /**
     * Speaks the held-out sentences in a precision and counts what is misheard.
     *
     * @param model      a checkpoint that has preset speakers and speaks English
     * @param precision  name of a preset
     * @param threads    that compute
     * @param seed       of the first sentence; each has the next one
     * @param recognizer hears
     * @return the score
     */
    static HeardScore of(Path model, String precision, int threads, long seed, SpeechRecognizer recognizer) {
        List<HeldOutSentence> sentences = HeldOutSentence.all();
        List<Pcm> spoken = new ArrayList<>();
        int ended = 0;
        try (TtsEngine engine = TtsEngine.builder(model)
                .precision(Precision.named(precision))
                .threads(threads)
                .build()) {
            for (int i = 0; i < sentences.size(); i++) {
                Speech speech = engine.speak(
                        SynthesisRequest.of(sentences.get(i).text()).withSeed(seed + i));
                spoken.add(speech.audio());
                ended += speech.stats().reason() == FinishReason.END_OF_SPEECH ? 1 : 0;
            }
        }
        List<List<String>> heard = recognizer.words(spoken);
        WordErrors errors = WordErrors.NONE;
        for (int i = 0; i < sentences.size(); i++) {
            errors = errors.plus(WordErrors.of(sentences.get(i).text(), heard.get(i)));
        }
        return new HeardScore(
                precision,
                errors,
                WordErrors.sum(sentences.stream().map(HeldOutSentence::teacher).toList()),
                sentences.size(),
                ended,
                spoken.stream().mapToDouble(Pcm::seconds).sum());
    }
}
