package io.github.qwen3tts.golden;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.EmbeddedPrompt;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.model.LanguageModel.Progress;
import io.github.qwen3tts.internal.model.OrtCodecDecoder;
import io.github.qwen3tts.internal.model.OrtLanguageModel;
import io.github.qwen3tts.internal.model.graph.CodecMatrices;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks cases against this library, one model at a time; models stay open from case to case. */
final class GoldenChecks implements AutoCloseable {

    private final OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
    private final Map<Path, Model> models = new HashMap<>();
    private final Scope owned = new Scope();

    /** One checkpoint's parts, and what they let be seen of a run. */
    private final class Model {
        final Checkpoint checkpoint;
        final OrtLanguageModel language;
        final OrtCodecDecoder decoder;
        final Map<String, float[]> seen = new HashMap<>();
        private ReferenceChecks references;
        private SpeechChecks speech;

        Model(Path directory) {
            checkpoint = Checkpoint.open(directory);
            language = owned.own(OrtLanguageModel.open(runtime, checkpoint, Projections.FLOAT32, this::see));
            decoder = owned.own(OrtCodecDecoder.open(runtime, checkpoint, CodecMatrices.FLOAT32));
        }

        /** Opened at the first clip. */
        ReferenceChecks references() {
            if (references == null) {
                references = owned.own(new ReferenceChecks(runtime, checkpoint));
            }
            return references;
        }

        /** Opened at the first speech. */
        SpeechChecks speech() {
            if (speech == null) {
                speech = owned.own(new SpeechChecks(checkpoint));
            }
            return speech;
        }

        private void see(String name, FloatBuffer values) {
            float[] copy = new float[values.remaining()];
            values.duplicate().get(copy);
            seen.put(name, copy);
        }

        /** Rows 0 to n - 1 of what was seen, as far as they were. */
        float[] seen(String name, int rows) {
            int width = seen.get(name + "." + (seen.containsKey(name + ".0") ? 0 : 1)).length;
            float[] all = new float[rows * width];
            int first = seen.containsKey(name + ".0") ? 0 : 1;
            for (int i = 0; i < rows; i++) {
                System.arraycopy(seen.get(name + "." + (first + i)), 0, all, i * width, width);
            }
            return all;
        }
    }

    void run(GoldenCase golden, Report report) throws IOException {
        Model model = models.computeIfAbsent(golden.checkpoint(), Model::new);
        switch (golden.kind()) {
            case "tts" -> tts(golden, model, report);
            case "codec_decode" -> codec(golden, model, new int[0], report);
            case "reference" -> model.references().check(golden, report);
            default -> report.fail(golden.kind(), "unknown kind of case");
        }
    }

    private void codec(GoldenCase golden, Model model, int[] reference, Report report) throws IOException {
        new CodecChecks(model.decoder, model.checkpoint.config().talker().codeGroups())
                .check(reference, golden.integers("codes"), golden.floats("pcm"), report);
    }

    private void tts(GoldenCase golden, Model model, Report report) throws IOException {
        EmbeddedPrompt prompt = new EmbeddedPrompt(
                golden.floats("prompt_embeds"), 0, golden.floats("trailing"), golden.floats("tts_pad_embed"));
        generate(golden, model, prompt, "", report);
        EmbeddedPrompt ours = new PromptChecks(model.checkpoint, model.language.embedder()).check(golden, report);
        generate(golden, model, ours.inOnePass(), " from text", report);
        int[] reference = golden.has("ref_codes") ? golden.integers("ref_codes") : new int[0];
        codec(golden, model, reference, report);
        model.speech().check(golden, report);
    }

    /** {@code from} tells the lines of the report apart. */
    private void generate(GoldenCase golden, Model model, EmbeddedPrompt prompt, String from, Report report)
            throws IOException {
        GenerationOptions options = GenerationOptions.OFFICIAL
                .greedy()
                .withRepetitionPenalty(
                        (float) golden.input("repetition_penalty").asDouble())
                .withMaxNewTokens(golden.input("max_new_tokens").asInt());
        model.seen.clear();
        List<Integer> codes = new ArrayList<>();
        float[] predictorLogits = null;
        try (LanguageModel.Generation speech =
                model.language.begin(prompt, options, new LanguageModel.RandomKey(0, 0))) {
            while (true) {
                model.language.step(List.of(speech));
                if (speech.progress() != Progress.FRAME) {
                    break;
                }
                for (int code : speech.codes()) {
                    codes.add(code);
                }
                if (predictorLogits == null) {
                    predictorLogits = model.seen("predictor_logits", speech.codes().length - 1);
                }
            }
            String end = speech.progress() == Progress.END_OF_SPEECH ? "eos" : "limit";
            report.equal("end_reason" + from, golden.output("end_reason").asText(), end);
        }
        report.close("layer0_out" + from, golden.floats("layer0_out"), model.seen.get("layer0_out"), Tolerance.LAYER);
        report.close(
                "prefill_hidden" + from,
                golden.floats("prefill_hidden"),
                model.seen.get("prefill_hidden"),
                Tolerance.HIDDEN);
        float[] talkerLogits = golden.floats("talker_logits");
        int rows = talkerLogits.length / model.checkpoint.config().talker().vocab();
        report.close("talker_logits" + from, talkerLogits, model.seen("talker_logits", rows), Tolerance.TALKER_LOGITS);
        report.close(
                "predictor_logits" + from,
                golden.floats("predictor_logits"),
                predictorLogits,
                Tolerance.PREDICTOR_LOGITS);
        report.equal(
                "codes" + from,
                golden.integers("codes"),
                codes.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    public void close() {
        owned.close();
    }
}
