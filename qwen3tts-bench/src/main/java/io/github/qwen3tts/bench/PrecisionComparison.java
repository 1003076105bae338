package io.github.qwen3tts.bench;

import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.ProgressListeners;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.CachedMatrices;
import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.model.LanguageModel.Progress;
import io.github.qwen3tts.internal.model.OrtCodecDecoder;
import io.github.qwen3tts.internal.model.OrtLanguageModel;
import io.github.qwen3tts.internal.model.graph.CodecMatrices;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.prompt.PromptBuilder;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Compares precisions of a checkpoint with fp32: their scores while they follow what fp32 speaks, and their codes when
 * each goes its own way. One model is in memory at a time.
 */
public final class PrecisionComparison {

    private static final List<String> TEXTS = List.of(
            "Good morning, and welcome on board the early train to the coast.",
            "Please bring the numbers of the last quarter; the meeting starts at half past nine.",
            "Sie las den Brief zweimal und lachte, bis der Tee kalt war.",
            "早上好，欢迎乘坐开往海边的早班火车。");

    private static final String VOICE = "A calm, low voice.";

    /** The spread of speaker vectors of real clips. */
    private static final float SPEAKER_DEVIATION = 0.5f;

    private static final int MAX_TEXT_TOKENS = 2048;

    private final Checkpoint checkpoint;
    private final OrtRuntime runtime;
    private final GenerationOptions generation;
    private final long seed;

    /**
     * A comparison on one checkpoint.
     *
     * @param model   directory of the checkpoint
     * @param threads that compute
     * @param frames  of a speech at most, {@code >= 1}
     * @param seed    of what fp32 draws
     */
    public PrecisionComparison(Path model, int threads, int frames, long seed) {
        Check.argument(frames >= 1, "frames must be >= 1", "frames", frames);
        checkpoint = Checkpoint.open(model);
        runtime = OrtRuntime.start(new OrtRuntime.Threads(threads, false));
        generation = checkpoint.generation().withMaxNewTokens(frames + 1);
        this.seed = seed;
    }

    /**
     * Compares.
     *
     * @param precisions names of presets, none of them {@code auto}
     * @return a score for each
     * @throws IOException if there is no place for quantised weights
     */
    public List<PrecisionScore> compare(List<String> precisions) throws IOException {
        for (String precision : precisions) {
            Check.argument(
                    Precision.named(precision).talker() != WeightFormat.AUTO,
                    "a comparison needs precisions by name, such as int8,int4",
                    "precision",
                    precision);
        }
        List<ReferenceSpeech> references = references();
        List<PrecisionScore> scores = new ArrayList<>();
        for (String precision : precisions) {
            scores.add(score(precision, references));
        }
        return scores;
    }

    private List<ReferenceSpeech> references() throws IOException {
        LogitListener listener = new LogitListener();
        try (TemporaryDirectory cache = TemporaryDirectory.create();
                OrtLanguageModel model = open(Precision.FP32, cache, listener)) {
            List<ReferenceSpeech> references = new ArrayList<>();
            for (Prompt prompt : prompts()) {
                List<int[]> codes = new ArrayList<>();
                List<float[]> talkerLogits = new ArrayList<>();
                List<float[]> predictorLogits = new ArrayList<>();
                listener.during(
                        () -> codes.add(speak(model, prompt, generation)),
                        logits -> talkerLogits.add(copy(logits)),
                        logits -> predictorLogits.add(copy(logits)));
                references.add(new ReferenceSpeech(
                        prompt,
                        codes.get(0),
                        talkerLogits,
                        predictorLogits,
                        speak(model, prompt, generation.greedy())));
            }
            return references;
        }
    }

    private PrecisionScore score(String name, List<ReferenceSpeech> references) throws IOException {
        Precision precision = Precision.named(name);
        LogitListener listener = new LogitListener();
        LogitComparison comparison = new LogitComparison(checkpoint);
        List<CodeAgreement> greedy = new ArrayList<>();
        try (TemporaryDirectory cache = TemporaryDirectory.create();
                OrtLanguageModel model = open(precision, cache, listener)) {
            for (ReferenceSpeech reference : references) {
                comparison.begin(reference);
                listener.during(
                        () -> codes(model, model.follow(reference.prompt(), reference.codes())),
                        comparison::talker,
                        comparison::codePredictor);
                int[] own = speak(model, reference.prompt(), generation.greedy());
                greedy.add(CodeAgreement.of(
                        reference.greedyCodes(),
                        own,
                        checkpoint.config().talker().codeGroups()));
            }
        }
        return new PrecisionScore(
                name,
                comparison.talkerScore(),
                comparison.codePredictorScore(),
                greedy,
                precision.codec() == WeightFormat.FP32 ? null : codecSnrDb(precision, references));
    }

    private double codecSnrDb(Precision precision, List<ReferenceSpeech> references) throws IOException {
        double signal = 0;
        double noise = 0;
        try (TemporaryDirectory cache = TemporaryDirectory.create();
                OrtCodecDecoder exact = OrtCodecDecoder.open(runtime, checkpoint, CodecMatrices.FLOAT32);
                OrtCodecDecoder rounded = OrtCodecDecoder.open(
                        runtime,
                        checkpoint,
                        CachedMatrices.codecDecoder(checkpoint, precision, cache.path(), ProgressListeners.LOGGED))) {
            for (ReferenceSpeech reference : references) {
                float[] expected = decode(exact, reference.codes());
                float[] actual = decode(rounded, reference.codes());
                for (int i = 0; i < expected.length; i++) {
                    signal += (double) expected[i] * expected[i];
                    noise += Math.pow((double) actual[i] - expected[i], 2);
                }
            }
        }
        return 10 * Math.log10(signal / noise);
    }

    private float[] decode(OrtCodecDecoder decoder, int[] codes) {
        int frames = codes.length / checkpoint.config().talker().codeGroups();
        float[] samples = new float[frames * decoder.samplesPerFrame()];
        try (CodecDecoder.State state = decoder.start()) {
            decoder.decode(codes, frames, state, samples, 0);
        }
        return samples;
    }

    private OrtLanguageModel open(Precision precision, TemporaryDirectory cache, LogitListener listener) {
        return OrtLanguageModel.open(
                runtime,
                checkpoint,
                CachedMatrices.languageModel(checkpoint, precision, cache.path(), ProgressListeners.LOGGED),
                listener);
    }

    private int[] speak(OrtLanguageModel model, Prompt prompt, GenerationOptions options) {
        return codes(model, model.begin(prompt, options, new LanguageModel.RandomKey(seed, 0)));
    }

    /** All codes of a speech, which is closed afterwards: {@code [frames * codeGroups]}. */
    private static int[] codes(OrtLanguageModel model, LanguageModel.Generation speech) {
        try (speech) {
            IntStream.Builder codes = IntStream.builder();
            while (true) {
                model.step(List.of(speech));
                if (speech.progress() != Progress.FRAME) {
                    return codes.build().toArray();
                }
                for (int code : speech.codes()) {
                    codes.add(code);
                }
            }
        }
    }

    private static float[] copy(FloatBuffer values) {
        float[] copy = new float[values.remaining()];
        values.get(values.position(), copy);
        return copy;
    }

    private List<Prompt> prompts() {
        Tokenizer tokenizer = Tokenizer.load(checkpoint.directory(), PretokenizerRule.QWEN2);
        PromptBuilder builder = new PromptBuilder(tokenizer, checkpoint.rules(MAX_TEXT_TOKENS));
        Voice voice = BenchmarkVoice.of(checkpoint, speakerVector());
        String instruct = checkpoint.config().prompt().type() == ModelType.VOICE_DESIGN ? VOICE : "";
        return TEXTS.stream()
                .map(text -> SynthesisRequest.of(text, voice).withInstruct(instruct))
                .map(builder::build)
                .toList();
    }

    private float[] speakerVector() {
        float[] vector = new float[checkpoint.config().talker().transformer().hidden()];
        Random random = new Random(seed);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = SPEAKER_DEVIATION * (float) random.nextGaussian();
        }
        return vector;
    }
}
