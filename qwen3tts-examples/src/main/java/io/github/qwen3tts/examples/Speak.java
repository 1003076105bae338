package io.github.qwen3tts.examples;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.TtsEngineBuilder;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.SamplingOptions;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.AudioReader;
import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.AudioWriter;
import io.github.qwen3tts.audio.OutputFormat;
import io.github.qwen3tts.audio.SoundCard;
import io.github.qwen3tts.audio.internal.PcmSink;
import io.github.qwen3tts.hub.BundledModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Speaks a text into a file, to the sound card, or as raw PCM to the standard output. */
@Command(
        name = "speak",
        description = "Speaks a text into a file, or plays or pipes it while it is made.",
        mixinStandardHelpOptions = true)
final class Speak implements Callable<Integer> {

    @Mixin
    private ModelOption model;

    @Option(names = "--text", required = true, description = "What to speak.")
    private String text;

    @Option(names = "--speaker", description = "A preset speaker, for CustomVoice models.")
    private String speaker;

    @Option(names = "--voice-description", description = "A voice in words, for VoiceDesign models.")
    private String voiceDescription;

    @Option(names = "--clone", paramLabel = "FILE", description = "A clip whose voice speaks, for Base models.")
    private Path clip;

    @Option(
            names = "--transcript",
            defaultValue = "",
            description = "Every word of the clip: makes the nearest clone (default: the sound of the voice alone).")
    private String transcript;

    @Option(names = "--voice", paramLabel = "FILE", description = "A voice file that 'clone' wrote, for Base models.")
    private Path voiceFile;

    @Option(names = "--language", defaultValue = "auto", description = "Language of the text (default: auto).")
    private String language;

    @Option(names = "--instruct", defaultValue = "", description = "How to speak, in words, for models that listen.")
    private String instruct;

    @Option(
            names = "--text-layout",
            defaultValue = "MODEL_DEFAULT",
            description =
                    "Whether the model reads the text along with the speech, which begins earlier then, or ahead of it: "
                            + "one of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private TextLayout textLayout;

    @Option(names = "--seed", description = "Speaks the same again (default: another one every time).")
    private Long seed;

    @Mixin
    private MaxDuration maxDuration;

    @Option(names = "--greedy", description = "Draw without randomness.")
    private boolean greedy;

    @Option(names = "--threads", description = "Threads that compute (default: all processors, at most 8).")
    private Integer threads;

    @Option(
            names = "--precision",
            defaultValue = "auto",
            description = "auto, fp32, bf16, int8 or int4, with +int8codec behind it or without (default: auto).")
    private String precision;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto, cpu, cuda or cuda:N; a GPU needs a build with -Pgpu (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--backend",
            defaultValue = "native",
            description = "On a GPU: native or onnxruntime (default: ${DEFAULT-VALUE}).")
    private String backend;

    @Option(
            names = "--pretokenizer",
            defaultValue = "QWEN2",
            description = "How text is cut into words: one of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private PretokenizerRule pretokenizer;

    @Option(names = "--spin", description = "Let idle threads wait actively: faster on a machine of one's own.")
    private boolean spin;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "hello.wav",
            description =
                    "File to write: WAV, or by its ending MP3, Opus, AAC, FLAC or raw PCM (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--stream",
            paramLabel = "play|-",
            arity = "0..1",
            fallbackValue = "play",
            description = "Play while speaking; '-' writes raw PCM to the standard output: 24 kHz, mono, 16 bit.")
    private String stream;

    @Override
    public Integer call() throws IOException {
        OutputFormat format = OutputFormat.ofFile(out);
        if (stream == null && format.missing().isPresent()) {
            throw new IOException(format.missing().get());
        }
        long started = System.nanoTime();
        Path directory = model.directory();
        TtsEngineBuilder builder = TtsEngine.builder(directory)
                .precision(Precision.named(precision))
                .device(device)
                .backend(backend)
                .spinning(spin)
                .pretokenizerRule(pretokenizer)
                .onProgress(ProgressBar.standard());
        if (threads != null) {
            builder.threads(threads);
        }
        try (TtsEngine engine = builder.build()) {
            System.err.printf(Locale.ROOT, "loaded in %.1f s%n", (System.nanoTime() - started) / 1e9);
            long began = System.nanoTime();
            try (SpeechStream speech = engine.stream(request(engine));
                    AudioSink sink = sink(format, engine.sampleRateHz())) {
                for (AudioChunk chunk : speech) {
                    sink.write(chunk.samples());
                    int frames = chunk.firstFrame() + chunk.frames();
                    double seconds = chunk.seconds() / chunk.frames() * frames;
                    double computing = (System.nanoTime() - began) / 1e9;
                    System.err.printf(
                            Locale.ROOT,
                            "\r%d frames, %.2f s of audio, RTF %.2f",
                            frames,
                            seconds,
                            computing / seconds);
                }
                report(speech.stats());
            }
        }
        model.bundled(directory).ifPresent(Speak::nameBetterOnes);
        return 0;
    }

    private SynthesisRequest request(TtsEngine engine) throws IOException {
        SynthesisRequest request = SynthesisRequest.of(text, voice(engine))
                .withLanguage(Language.of(language))
                .withInstruct(instruct)
                .withLayout(textLayout)
                .withChunks(stream == null ? ChunkSchedule.THROUGHPUT : ChunkSchedule.FIRST_AUDIO);
        if (greedy) {
            request = request.withSampling(SamplingOptions::greedy);
        }
        request = maxDuration.limit(request);
        return seed == null ? request : request.withSeed(seed);
    }

    private Voice voice(TtsEngine engine) throws IOException {
        if (voiceFile != null) {
            return Voice.load(voiceFile);
        }
        if (clip != null) {
            Voice.Clip heard = Voice.fromClip(AudioReader.read(clip)).withTranscript(transcript);
            ClonedVoice cloned = engine.prepare(heard);
            cloned.warnings().forEach(warning -> System.err.println("warning: " + warning.text()));
            return cloned;
        }
        if (speaker != null) {
            return Voice.named(speaker);
        }
        return voiceDescription == null ? Voice.any() : Voice.designed(voiceDescription);
    }

    private AudioSink sink(OutputFormat format, int sampleRateHz) throws IOException {
        if (stream == null) {
            return AudioWriter.create(out, format, sampleRateHz);
        }
        if (stream.equals("-")) {
            return new PcmSink(System.out);
        }
        return SoundCard.open(sampleRateHz);
    }

    private void report(SynthesisStats stats) {
        System.err.printf(
                Locale.ROOT,
                "\r%s: %d frames, %.2f s of audio, RTF %.2f (%.1fx real time), first audio after %.0f ms, seed %d%n",
                model.name(),
                stats.frames(),
                stats.audioSeconds(),
                stats.rtf(),
                1 / stats.rtf(),
                stats.ttfaMillis(),
                stats.seed());
        if (stats.reason() == FinishReason.FRAME_LIMIT) {
            System.err.println("note: stopped at the frame limit; raise --max-duration to hear the rest");
        }
        if (stream == null) {
            System.err.println("wrote " + out);
        }
    }

    private static void nameBetterOnes(BundledModel heard) {
        System.err.println(
                "this was " + heard.description() + "; the released models sound like people: ./dev speak --model "
                        + "Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice --text ... (2.5 GB download)");
    }
}
