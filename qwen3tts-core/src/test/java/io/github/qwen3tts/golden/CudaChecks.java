package io.github.qwen3tts.golden;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.model.LanguageModel.Progress;
import io.github.qwen3tts.internal.model.cuda.CudaModel;
import io.github.qwen3tts.internal.model.cuda.CudaSettings;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks cases on a CUDA device, from the ids of the prompt to the audio. */
final class CudaChecks implements AutoCloseable {

    private final CudaDevice device;
    private final Precision precision;
    private final Path cache;
    private final int maxStreams;
    private final Map<Path, Model> models = new HashMap<>();
    private final Scope owned = new Scope();

    /** {@code cache} takes quantised weights. The device stays the caller's. */
    CudaChecks(CudaDevice device, Precision precision, Path cache, int maxStreams) {
        this.device = device;
        this.precision = precision;
        this.cache = cache;
        this.maxStreams = maxStreams;
    }

    /** One checkpoint on the device. */
    record Model(Checkpoint checkpoint, CudaModel cuda) {

        int codeGroups() {
            return checkpoint.config().talker().codeGroups();
        }
    }

    Model model(GoldenCase golden) {
        return models.computeIfAbsent(golden.checkpoint(), directory -> {
            Checkpoint checkpoint = Checkpoint.open(directory);
            CudaSettings settings = new CudaSettings(precision, maxStreams, 150, 64, cache);
            return new Model(checkpoint, owned.own(CudaModel.open(device, checkpoint, settings)));
        });
    }

    /** Codes and their end from the prompt; audio from the golden codes. */
    void run(GoldenCase golden, Report report) throws IOException {
        Model model = model(golden);
        if (golden.kind().equals("tts")) {
            Spoken spoken = speak(model, List.of(golden)).get(0);
            report.equal("end_reason", golden.output("end_reason").asText(), spoken.end());
            report.equal("codes", golden.integers("codes"), spoken.codes());
        }
        float[] pcm = decode(model, golden);
        report.close("pcm", golden.floats("pcm"), pcm, Tolerance.PCM);
    }

    /** What a stream said, and why it ended. */
    record Spoken(int[] codes, String end) {}

    /** Cases of one checkpoint, spoken together as far as they last. */
    List<Spoken> speak(Model model, List<GoldenCase> cases) throws IOException {
        LanguageModel language = model.cuda().languageModel();
        List<LanguageModel.Generation> streams = new ArrayList<>();
        List<List<Integer>> codes = new ArrayList<>();
        try (Scope all = new Scope()) {
            for (GoldenCase golden : cases) {
                streams.add(all.own(
                        language.begin(prompt(model, golden), options(golden), new LanguageModel.RandomKey(0, 0))));
                codes.add(new ArrayList<>());
            }
            List<LanguageModel.Generation> speaking = new ArrayList<>(streams);
            while (!speaking.isEmpty()) {
                language.step(speaking);
                for (LanguageModel.Generation stream : List.copyOf(speaking)) {
                    if (stream.progress() != Progress.FRAME) {
                        speaking.remove(stream);
                        continue;
                    }
                    List<Integer> said = codes.get(streams.indexOf(stream));
                    Arrays.stream(stream.codes()).forEach(said::add);
                }
            }
            List<Spoken> spoken = new ArrayList<>();
            for (int i = 0; i < cases.size(); i++) {
                String end = streams.get(i).progress() == Progress.END_OF_SPEECH ? "eos" : "limit";
                spoken.add(new Spoken(
                        codes.get(i).stream().mapToInt(Integer::intValue).toArray(), end));
            }
            return spoken;
        }
    }

    Prompt prompt(Model model, GoldenCase golden) throws IOException {
        return PromptChecks.prompt(model.checkpoint(), golden);
    }

    static int[] reference(GoldenCase golden) throws IOException {
        return golden.has("ref_codes") ? golden.integers("ref_codes") : new int[0];
    }

    static GenerationOptions options(GoldenCase golden) {
        return GenerationOptions.OFFICIAL
                .greedy()
                .withRepetitionPenalty(
                        (float) golden.input("repetition_penalty").asDouble())
                .withMaxNewTokens(golden.input("max_new_tokens").asInt());
    }

    private static float[] decode(Model model, GoldenCase golden) throws IOException {
        CodecDecoder decoder = model.cuda().codecDecoder();
        int[] reference = reference(golden);
        int[] codes = golden.integers("codes");
        try (CodecDecoder.State state = decoder.start()) {
            int before = reference.length / model.codeGroups();
            int frames = codes.length / model.codeGroups();
            if (before > 0) {
                decoder.decode(reference, before, state, new float[before * decoder.samplesPerFrame()], 0);
            }
            float[] pcm = new float[frames * decoder.samplesPerFrame()];
            decoder.decode(codes, frames, state, pcm, 0);
            return pcm;
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
