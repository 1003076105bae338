package io.github.qwen3tts.bench;

import com.sun.management.OperatingSystemMXBean;
import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.examples.ProgressBar;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The program that measures one engine: loads it, warms it up, has it speak, and prints the results as JSON. */
public final class EngineRun {

    private static final double CLIP_SECONDS = 3;
    private static final double CLIP_HERTZ = 120;
    private static final int NEW_VOICES = 8;
    private static final int HANDOVER_MILLIS = 50;

    private final TtsEngine engine;
    private final SynthesisRequest request;
    private final List<SynthesisRequest> ofNewVoices;
    private final Workload work;

    private EngineRun(TtsEngine engine, SynthesisRequest request, List<SynthesisRequest> ofNewVoices, Workload work) {
        this.engine = engine;
        this.request = request;
        this.ofNewVoices = ofNewVoices;
        this.work = work;
    }

    /**
     * What to open, and what to have it speak.
     *
     * @param model     directory of a checkpoint
     * @param precision name of a preset
     * @param cache     directory of quantised weights
     * @param threads   that compute
     * @param spinning  whether idle ones wait actively
     * @param workload  what to speak
     */
    record Settings(String model, String precision, String cache, int threads, boolean spinning, Workload workload) {

        /** The same with hardly anything to speak. */
        Settings least() {
            return new Settings(model, precision, cache, threads, spinning, workload.least());
        }

        private OrtRuntime.Threads runtimeThreads() {
            return new OrtRuntime.Threads(threads, spinning);
        }
    }

    /**
     * What came out.
     *
     * @param machine       it ran on
     * @param loadMillis    to open the engine
     * @param loaded        memory then
     * @param spoken        memory after all speeches
     * @param textTokens    the text has
     * @param promptTokens  positions of the prompt
     * @param frames        of each measured speech
     * @param ttfaMillis    from the call of stream() to the first samples in the caller's hands
     * @param newTtfaMillis the same of voices that have not spoken before; null if none were asked for or there are none
     * @param rtf           compute seconds per second of audio; below 1 is faster than real time
     * @param busyProcessors CPU time per wall-clock time: much below the threads means something else ran as well
     * @param handoverNanos {@link Handover} before the measured speeches and after each
     * @param frameTime     where the time goes, in the speech with the median RTF
     */
    record Result(
            Machine machine,
            double loadMillis,
            ResidentMemory loaded,
            ResidentMemory spoken,
            int textTokens,
            int promptTokens,
            List<Integer> frames,
            Summary ttfaMillis,
            Summary newTtfaMillis,
            Summary rtf,
            double busyProcessors,
            Summary handoverNanos,
            FrameTime frameTime) {}

    /**
     * Measures and prints.
     *
     * @param args the settings as JSON
     * @throws IOException if the settings cannot be read or the system does not tell its memory
     */
    public static void main(String[] args) throws IOException {
        try {
            Settings settings = OwnProcess.JSON.readValue(args[0], Settings.class);
            System.out.println(OwnProcess.JSON.writeValueAsString(measure(settings)));
        } catch (TtsException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(1);
        }
    }

    private static Result measure(Settings settings) throws IOException {
        long began = System.nanoTime();
        try (TtsEngine engine = TtsEngine.builder(Path.of(settings.model()))
                .precision(Precision.named(settings.precision()))
                .cacheDirectory(Path.of(settings.cache()))
                .threads(settings.threads())
                .spinning(settings.spinning())
                .onProgress(ProgressBar.standard())
                .build()) {
            double loadMillis = (System.nanoTime() - began) / 1e6;
            ResidentMemory loaded = ResidentMemory.now();

            Tokenizer tokenizer = Tokenizer.load(Path.of(settings.model()), PretokenizerRule.QWEN2);
            Workload work = settings.workload();
            String text = BenchmarkText.of(work.textTokens(), words -> tokenizer.encode(words).length);
            ModelType type =
                    Checkpoint.open(Path.of(settings.model())).config().prompt().type();
            SynthesisRequest request = say(text, engine, type, 0, work.layout());
            List<SynthesisRequest> ofNewVoices = IntStream.rangeClosed(1, Math.min(work.firstFrames(), NEW_VOICES))
                    .filter(voice -> type != ModelType.CUSTOM_VOICE
                            || voice < engine.capabilities().speakers().size())
                    .mapToObj(voice -> say(text, engine, type, voice, work.layout()))
                    .toList();
            return new EngineRun(engine, request, ofNewVoices, work)
                    .measure(settings, loadMillis, loaded, tokenizer.encode(text).length);
        }
    }

    /** In whatever voices the checkpoint has: its speakers, voices as described, or those of hums. */
    private static SynthesisRequest say(String text, TtsEngine engine, ModelType type, int number, TextLayout layout) {
        Voice voice = switch (type) {
            case CUSTOM_VOICE ->
                Voice.named(engine.capabilities().speakers().get(number).name());
            case VOICE_DESIGN -> Voice.designed("Voice " + number);
            case BASE -> engine.prepare(Voice.fromClip(hum(engine.sampleRateHz(), CLIP_HERTZ + number)));
        };
        return SynthesisRequest.of(text, voice).withLayout(layout);
    }

    private static Pcm hum(int sampleRateHz, double hertz) {
        float[] samples = new float[(int) (CLIP_SECONDS * sampleRateHz)];
        for (int i = 0; i < samples.length; i++) {
            double phase = 2 * Math.PI * hertz * i / sampleRateHz;
            samples[i] = (float) (0.2 * Math.sin(phase) + 0.1 * Math.sin(3 * phase) + 0.05 * Math.sin(7 * phase));
        }
        return Pcm.mono(samples, sampleRateHz);
    }

    private Result measure(Settings settings, double loadMillis, ResidentMemory loaded, int textTokens)
            throws IOException {
        for (int i = 0; i < work.warmups(); i++) {
            record(i);
        }
        List<Recorded> whole = new ArrayList<>();
        List<Double> handovers = new ArrayList<>(List.of(Handover.nanos(HANDOVER_MILLIS)));
        for (int i = 0; i < work.runs(); i++) {
            whole.add(record(i));
            handovers.add(Handover.nanos(HANDOVER_MILLIS));
        }
        List<Spoken> starts = IntStream.range(0, work.firstFrames())
                .mapToObj(i -> speak(request, i, 1))
                .toList();
        double[] ofNew = ofNewVoices.stream()
                .mapToDouble(asked -> speak(asked, 0, 1).ttfaMillis())
                .toArray();
        ResidentMemory spoken = ResidentMemory.now();
        return new Result(
                Machine.here(OrtRuntime.start(settings.runtimeThreads()).version()),
                loadMillis,
                loaded,
                spoken,
                textTokens,
                whole.get(0).speech().stats().promptTokens(),
                whole.stream().map(run -> run.speech().stats().frames()).toList(),
                Summary.of(Stream.concat(whole.stream().map(Recorded::speech), starts.stream())
                        .mapToDouble(Spoken::ttfaMillis)
                        .toArray()),
                ofNew.length == 0 ? null : Summary.of(ofNew),
                Summary.of(whole.stream().mapToDouble(Recorded::rtf).toArray()),
                busyProcessors(whole),
                Summary.of(handovers.stream().mapToDouble(nanos -> nanos).toArray()),
                median(whole).time());
    }

    private static double busyProcessors(List<Recorded> whole) {
        List<Spoken> speeches = whole.stream().map(Recorded::speech).toList();
        double busy = speeches.stream().mapToDouble(Spoken::processorMillis).sum();
        double passed = speeches.stream()
                .mapToDouble(speech -> speech.stats().computeMillis())
                .sum();
        return busy / passed;
    }

    /** The one whose RTF is the median, as {@link Summary} takes it. */
    private static Recorded median(List<Recorded> whole) {
        return whole.stream()
                .sorted(Comparator.comparingDouble(Recorded::rtf))
                .skip((whole.size() - 1) / 2)
                .findFirst()
                .orElseThrow();
    }

    /** A speech under the flight recorder. */
    private record Recorded(Spoken speech, FrameTime time) {

        double rtf() {
            return speech.stats().rtf();
        }
    }

    private Recorded record(int seed) throws IOException {
        List<Spoken> spoken = new ArrayList<>();
        List<GraphTime> graphs = GraphTime.record(() -> spoken.add(speak(request, seed, work.frames())));
        SynthesisStats stats = spoken.get(0).stats();
        return new Recorded(spoken.get(0), FrameTime.of(graphs, stats.computeMillis(), stats.frames()));
    }

    /** A speech, the time from the call to its first samples in the caller's hands, and what all CPU cores did for it. */
    private record Spoken(SynthesisStats stats, double ttfaMillis, double processorMillis) {}

    private Spoken speak(SynthesisRequest asked, int seed, int frames) {
        SynthesisRequest limited = asked.withSeed(seed).withMaxDuration(Duration.ofMillis(80L * frames));
        double ttfaMillis = Double.NaN;
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long processor = system.getProcessCpuTime();
        long called = System.nanoTime();
        try (SpeechStream stream = engine.stream(limited)) {
            for (AudioChunk chunk : stream) {
                if (chunk.firstFrame() == 0) {
                    ttfaMillis = (System.nanoTime() - called) / 1e6;
                }
            }
            return new Spoken(stream.stats(), ttfaMillis, (system.getProcessCpuTime() - processor) / 1e6);
        }
    }
}
