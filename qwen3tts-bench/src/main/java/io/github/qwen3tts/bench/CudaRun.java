package io.github.qwen3tts.bench;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.internal.ProgressListeners;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.model.CodecDecoder.Piece;
import io.github.qwen3tts.internal.model.LanguageModel.Generation;
import io.github.qwen3tts.internal.model.LanguageModel.Progress;
import io.github.qwen3tts.internal.model.LanguageModel.RandomKey;
import io.github.qwen3tts.internal.model.cuda.CudaCodecDecoder;
import io.github.qwen3tts.internal.model.cuda.CudaLanguageModel;
import io.github.qwen3tts.internal.model.cuda.CudaModel;
import io.github.qwen3tts.internal.model.cuda.CudaSettings;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.prompt.PromptBuilder;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.DeviceArena;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Measures the CUDA engine below the front door: prompts, frames of one and of many streams, first audio. Every stream
 * has a seed of its own; the first one's codes and samples have to be the same in every batch.
 */
public final class CudaRun {

    private static final int MAX_TEXT_TOKENS = 1024;
    private static final int PROMPT_ROOM = 512;
    private static final long COPIED_BYTES = 256L << 20;
    private static final int COPIES = 20;

    /**
     * What to speak.
     *
     * @param streams    numbers of streams, each measured on its own
     * @param frames     of a speech
     * @param textTokens of the text
     * @param runs       first chunks measured
     */
    public record Workload(List<Integer> streams, int frames, int textTokens, int runs) {}

    private final CudaDevice device;
    private final Path directory;
    private final Precision precision;
    private final Workload work;
    private final boolean overlap;
    private final Checkpoint checkpoint;
    private final Prompt prompt;
    private final Prompt textAtOnce; // the same text as part of the prompt
    private final GenerationOptions options;

    /**
     * Prepares the prompt.
     *
     * @param device    stays the caller's
     * @param directory of a checkpoint
     * @param precision resolved
     * @param work      what to speak
     * @param overlap   whether the device lets kernels overlap, for the results
     * @throws IOException if the tokenizer cannot be read
     */
    public CudaRun(CudaDevice device, Path directory, Precision precision, Workload work, boolean overlap)
            throws IOException {
        this.device = device;
        this.directory = directory;
        this.precision = precision;
        this.work = work;
        this.overlap = overlap;
        checkpoint = Checkpoint.open(directory);
        prompt = prompt(TextLayout.STREAMING);
        textAtOnce = prompt(TextLayout.NON_STREAMING);
        options = checkpoint.generation().withMaxNewTokens(work.frames() + 1);
    }

    private Prompt prompt(TextLayout layout) throws IOException {
        Tokenizer tokenizer = Tokenizer.load(directory, PretokenizerRule.QWEN2);
        String text = BenchmarkText.of(work.textTokens(), words -> tokenizer.encode(words).length);
        float[] silent = new float[checkpoint.config().talker().transformer().hidden()];
        SynthesisRequest request =
                SynthesisRequest.of(text, BenchmarkVoice.of(checkpoint, silent)).withLayout(layout);
        return new PromptBuilder(tokenizer, checkpoint.rules(MAX_TEXT_TOKENS)).build(request);
    }

    /** The same rows, none of which are said to be known. */
    private static Prompt ofNewVoice(Prompt prompt) {
        return prompt.withPrefix(0);
    }

    /** What one stream said. */
    private record Said(int[] codes, float[] samples) {}

    /**
     * Measures every number of streams.
     *
     * @return the results in order
     * @throws IOException if there is no room for quantised weights
     */
    public List<CudaResult> measure() throws IOException {
        int most = Collections.max(work.streams());
        double copyBytesPerSecond = copyBytesPerSecond();
        long weightBytes = FrameCost.onCard(checkpoint, precision).languageModelBytes();
        try (TemporaryDirectory cache = TemporaryDirectory.create()) {
            CudaSettings settings =
                    new CudaSettings(precision, most, work.frames() + PROMPT_ROOM, MAX_TEXT_TOKENS, cache.path());
            long bytes = CudaModel.predictedBytes(checkpoint, settings);
            try (CudaModel model = CudaModel.open(device, checkpoint, settings, ProgressListeners.LOGGED)) {
                List<Double> ignored = new ArrayList<>();
                Said alone = speak(model, 1, ignored, ignored);
                boolean whole = Arrays.equals(alone.samples(), decodeWhole(model.codecDecoder(), alone.codes()));
                List<CudaResult> results = new ArrayList<>();
                for (int streams : work.streams()) {
                    CudaResult.Setting setting = new CudaResult.Setting(
                            device.properties().name(),
                            copyBytesPerSecond,
                            directory.toAbsolutePath().getFileName().toString(),
                            precision.talker().name().toLowerCase(Locale.ROOT),
                            weightBytes,
                            overlap,
                            streams,
                            bytes);
                    results.add(measure(model, setting, alone, whole));
                }
                return results;
            }
        }
    }

    /** Read and written, of the fastest of some copies inside the device. */
    private double copyBytesPerSecond() {
        long bytes = Math.min(COPIED_BYTES, device.freeBytes() / 4);
        try (DeviceArena arena = new DeviceArena(device, 2 * bytes, "copies to measure the card")) {
            long from = arena.take("from", bytes);
            long to = arena.take("to", bytes);
            device.clear(from, bytes);
            double fastest = Double.POSITIVE_INFINITY;
            for (int i = 0; i < COPIES; i++) {
                device.finish();
                long began = System.nanoTime();
                device.copy(from, to, bytes);
                device.finish();
                fastest = Math.min(fastest, millisSince(began));
            }
            return 2 * bytes / fastest * 1e3;
        }
    }

    private CudaResult measure(CudaModel model, CudaResult.Setting setting, Said alone, boolean whole) {
        CudaResult.First newVoice = first(model, ofNewVoice(prompt));
        CudaResult.First knownVoice = first(model, prompt);
        CudaResult.First newAtOnce = first(model, ofNewVoice(textAtOnce));
        CudaResult.First knownAtOnce = first(model, textAtOnce);
        List<Double> language = new ArrayList<>();
        List<Double> codec = new ArrayList<>();
        speak(model, setting.streams(), new ArrayList<>(), new ArrayList<>()); // warms up
        Said said = speak(model, setting.streams(), language, codec);
        boolean same = Arrays.equals(alone.codes(), said.codes()) && Arrays.equals(alone.samples(), said.samples());
        return new CudaResult(
                setting, newVoice, knownVoice, newAtOnce, knownAtOnce, summary(language), summary(codec), same, whole);
    }

    private static Summary summary(List<Double> millis) {
        return Summary.of(millis.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    /** From ids to the first frame of samples, again and again after once to warm up. */
    private CudaResult.First first(CudaModel model, Prompt asked) {
        CudaCodecDecoder decoder = model.codecDecoder();
        float[] samples = new float[decoder.samplesPerFrame()];
        List<Double> prompts = new ArrayList<>();
        List<Double> codes = new ArrayList<>();
        List<Double> audio = new ArrayList<>();
        for (int run = 0; run <= work.runs(); run++) {
            long began = System.nanoTime();
            try (Generation stream = model.languageModel().begin(asked, options, new RandomKey(0, 0));
                    CodecDecoder.State state = decoder.start()) {
                device.finish();
                double read = millisSince(began);
                model.languageModel().step(List.of(stream));
                double coded = millisSince(began);
                if (stream.progress() == Progress.FRAME) {
                    decoder.decode(stream.codes(), 1, state, samples, 0);
                }
                if (run > 0) {
                    prompts.add(read);
                    codes.add(coded);
                    audio.add(millisSince(began));
                }
            }
        }
        return new CudaResult.First(asked.positions(), summary(prompts), summary(codes), summary(audio));
    }

    /** Streams of seeds 0, 1, ... side by side, frame by frame, until the first one ends; what the first one said. */
    private Said speak(CudaModel model, int streams, List<Double> language, List<Double> codec) {
        CudaLanguageModel talker = model.languageModel();
        CudaCodecDecoder decoder = model.codecDecoder();
        int perFrame = decoder.samplesPerFrame();
        int groups = checkpoint.config().talker().codeGroups();
        int[] codes = new int[work.frames() * groups];
        float[] samples = new float[work.frames() * perFrame];
        int frames = 0;
        List<Generation> speaking = new ArrayList<>();
        List<CodecDecoder.State> states = new ArrayList<>();
        try {
            for (int seed = 0; seed < streams; seed++) {
                speaking.add(talker.begin(prompt, options, new RandomKey(seed, 0)));
                states.add(decoder.start());
            }
            device.finish();
            while (true) {
                long began = System.nanoTime();
                talker.step(speaking);
                language.add(millisSince(began));
                if (speaking.get(0).progress() != Progress.FRAME) {
                    return new Said(Arrays.copyOf(codes, frames * groups), Arrays.copyOf(samples, frames * perFrame));
                }
                for (int i = speaking.size() - 1; i > 0; i--) { // others leave where they end
                    if (speaking.get(i).progress() != Progress.FRAME) {
                        speaking.remove(i).close();
                        states.remove(i).close();
                    }
                }
                List<Piece> pieces = new ArrayList<>();
                for (int i = 0; i < speaking.size(); i++) {
                    boolean first = i == 0;
                    float[] out = first ? samples : new float[perFrame];
                    pieces.add(
                            new Piece(speaking.get(i).codes(), 1, states.get(i), out, first ? frames * perFrame : 0));
                }
                began = System.nanoTime();
                decoder.decode(pieces);
                codec.add(millisSince(began));
                System.arraycopy(speaking.get(0).codes(), 0, codes, frames * groups, groups);
                frames++;
            }
        } finally {
            speaking.forEach(Generation::close);
            states.forEach(CodecDecoder.State::close);
        }
    }

    private float[] decodeWhole(CudaCodecDecoder decoder, int[] codes) {
        int frames = codes.length / checkpoint.config().talker().codeGroups();
        float[] samples = new float[frames * decoder.samplesPerFrame()];
        if (frames > 0) {
            try (CodecDecoder.State state = decoder.start()) {
                decoder.decode(codes, frames, state, samples, 0);
            }
        }
        return samples;
    }
}
