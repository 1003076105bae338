package io.github.qwen3tts.hearing;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The demo voice, and what the tests share of it. */
final class DemoVoice {

    static final boolean SOAK = Integer.getInteger("qwen3tts.soak", 1) > 1;

    private static final int QUICK_SENTENCES = 24; // 222 words

    static final List<HeldOutSentence> SENTENCES =
            HeldOutSentence.all().subList(0, SOAK ? HeldOutSentence.all().size() : QUICK_SENTENCES);

    private static final Map<Long, List<Pcm>> SPEECH = new HashMap<>(); // by the first seed
    private static final Map<Long, List<List<String>>> WORDS = new HashMap<>();

    private static SpeechRecognizer recognizer;

    private DemoVoice() {}

    static TtsEngine open(Precision precision) {
        return TtsEngine.builder("demo").precision(precision).build();
    }

    static SynthesisRequest request(int sentence, long firstSeed) {
        return SynthesisRequest.of(SENTENCES.get(sentence).text(), Voice.named("ryan"))
                .withSeed(firstSeed + sentence);
    }

    /** Speaks the first sentences, each with a seed of its own. */
    static List<Pcm> speak(Precision precision, TextLayout layout, int sentences, long firstSeed) {
        List<Pcm> speech = new ArrayList<>();
        try (TtsEngine engine = open(precision)) {
            for (int i = 0; i < sentences; i++) {
                speech.add(
                        engine.speak(request(i, firstSeed).withLayout(layout)).audio());
            }
        }
        return speech;
    }

    /** All sentences, in fp32. */
    static synchronized List<Pcm> fp32(long firstSeed) {
        return SPEECH.computeIfAbsent(
                firstSeed, seed -> speak(Precision.FP32, TextLayout.MODEL_DEFAULT, SENTENCES.size(), seed));
    }

    /** What is heard of {@link #fp32}. */
    static synchronized List<List<String>> fp32Words(long firstSeed) {
        return WORDS.computeIfAbsent(firstSeed, seed -> recognizer().words(fp32(seed)));
    }

    /** All sentences, in fp32, by the seeds 0 to 39: what the tests take for good speech. */
    static List<Pcm> goodSpeech() {
        return fp32(0);
    }

    /** What is heard of {@link #goodSpeech}. */
    static List<List<String>> goodWords() {
        return fp32Words(0);
    }

    static synchronized SpeechRecognizer recognizer() {
        if (recognizer == null) {
            recognizer = SpeechRecognizer.load(2);
        }
        return recognizer;
    }

    /** Word errors in what was heard of the first sentences. */
    static WordErrors errorsIn(List<List<String>> heard) {
        WordErrors errors = WordErrors.NONE;
        for (int i = 0; i < heard.size(); i++) {
            errors = errors.plus(WordErrors.of(SENTENCES.get(i).text(), heard.get(i)));
        }
        return errors;
    }
}
