package io.github.qwen3tts.bench;

import io.github.qwen3tts.api.TextLayout;
import java.util.List;
import java.util.Locale;

/** The results as a Markdown page: what was measured and how, then a row per configuration. */
final class BenchmarkTable {

    private static final String COLUMNS = """
            | precision | talker | code predictor | codec | rest | prompt | ms/frame | RTF p50 / p95 | speedup | TTFA p50 / p95 ms \
            | new voice | resident MB (anonymous + file) | peak MB | first load s | second load s | busy processors | handover ns |
            |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
            """;

    private static final String DEFINITIONS = """

            ms/frame: means over the frames of the speech with the median RTF, the prompt's time spread over them; `rest` is \
            sampling, embeddings and handing over; `codec` leaves out what is decoded while the language model works, which \
            needs four threads, or two that do not spin. RTF: compute seconds per second of audio, below 1 is faster than real \
            time; speedup is its inverse. TTFA: from the call of `stream()` to the first samples in the caller's hands, chunks \
            as `ChunkSchedule.FIRST_AUDIO`, of a voice that has spoken before; new voice: the median of some that have not. \
            Resident: after all speeches, those of new voices included. First load: quantised weights are made; second load: \
            found in the cache. Both with the checkpoint in the system's file cache. Busy processors: much fewer than \
            threads means something else ran as well. Handover: from one processor to another and back, least to most; several \
            times as much where they share no cache (Zen 4: 70 and 350), which makes the codec slower.
            """;

    private static final String ROOFLINE_COLUMNS = """

            | precision | weights read MB/frame | at full bandwidth ms | of measured | codec GMAC/frame | at peak ms | of measured |
            |---|---|---|---|---|---|---|
            """;

    private BenchmarkTable() {}

    /** All measurements of one machine. */
    static String of(List<Measurement> measurements) {
        StringBuilder page = new StringBuilder(head(measurements.get(0)));
        page.append(COLUMNS);
        measurements.forEach(m -> page.append(row(m)));
        page.append(DEFINITIONS);
        Efficiency machine = measurements.get(0).efficiency();
        if (machine != null) {
            page.append(rooflineHead(machine.roofline())).append(ROOFLINE_COLUMNS);
            measurements.forEach(m -> page.append(rooflineRow(m)));
        }
        return page.toString();
    }

    private static String head(Measurement m) {
        EngineRun.Result result = m.result();
        Machine machine = result.machine();
        Workload work = m.workload();
        return text(
                """
                %s, %d processors (%s), %d GB; %s; %s %s; ONNX Runtime %s; revision %s; %s.
                Model %s, %d threads, spinning %s; text of %d tokens (%s, prompt %d), %s frames; %d speeches after %d to warm up, \
                and %d of one frame.

                """,
                machine.cpu(),
                machine.processors(),
                String.join(" ", machine.extensions()),
                Math.round(machine.memoryBytes() / 1e9),
                machine.system(),
                machine.java(),
                (String.join(" ", machine.javaOptions()) + ' ' + machine.glibcTunables()).strip(),
                machine.onnxRuntime(),
                machine.revision().isEmpty() ? "unknown" : machine.revision(),
                m.time(),
                m.model(),
                m.threads(),
                m.spinning() ? "on" : "off",
                result.textTokens(),
                layout(work.layout()),
                result.promptTokens(),
                frames(result.frames()),
                work.runs(),
                work.warmups(),
                work.firstFrames());
    }

    private static String layout(TextLayout layout) {
        return switch (layout) {
            case MODEL_DEFAULT -> "read as the official code does";
            case STREAMING -> "read along with the speech";
            case NON_STREAMING -> "read ahead of the speech";
        };
    }

    /** One number if all speeches are as long, their range otherwise. */
    private static String frames(List<Integer> frames) {
        int least = frames.stream().min(Integer::compare).orElseThrow();
        int most = frames.stream().max(Integer::compare).orElseThrow();
        return least == most ? Integer.toString(least) : least + " to " + most;
    }

    private static String row(Measurement m) {
        FrameTime time = m.result().frameTime();
        EngineRun.Result result = m.result();
        return text(
                "| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.2f / %.2f | %.2f | %.0f / %.0f | %s | %s (%s + %s) | %s | %.1f | %.1f | %.2f | %.0f to %.0f |%n",
                m.precision(),
                time.talker(),
                time.codePredictor(),
                time.codec(),
                time.rest(),
                time.prompt(),
                time.total(),
                result.rtf().p50(),
                result.rtf().p95(),
                1 / result.rtf().p50(),
                result.ttfaMillis().p50(),
                result.ttfaMillis().p95(),
                result.newTtfaMillis() == null
                        ? "?"
                        : Math.round(result.newTtfaMillis().p50()),
                megabytes(result.spoken().bytes()),
                megabytes(result.spoken().anonymous()),
                megabytes(result.spoken().file()),
                megabytes(result.spoken().peak()),
                m.firstLoadMillis() / 1000,
                result.loadMillis() / 1000,
                result.busyProcessors(),
                result.handoverNanos().min(),
                result.handoverNanos().max());
    }

    private static String megabytes(long bytes) {
        return bytes == ResidentMemory.UNKNOWN ? "?" : Long.toString(Math.round(bytes / 1e6));
    }

    private static String rooflineHead(Roofline roofline) {
        return text(
                """

                The machine: %.1f GB/s read by all threads (sum over 512 MB in Java); %.0f GFLOP/s fp32 and %.0f GMAC/s int8 in \
                ONNX Runtime's own matrix kernels on 512 rows, which is what they can do, not what the processor could. The codec's \
                multiply-adds are those of its definition; the fp32 decoder saves nearly half of them, so that more than 100 %% is possible.
                """,
                roofline.readBytesPerSecond() / 1e9,
                2 * roofline.floatMacsPerSecond() / 1e9,
                roofline.byteMacsPerSecond() / 1e9);
    }

    private static String rooflineRow(Measurement m) {
        Efficiency e = m.efficiency();
        return text(
                "| %s | %.0f | %.1f | %.0f %% | %.2f | %.1f | %.0f %% |%n",
                m.precision(),
                e.cost().languageModelBytes() / 1e6,
                e.languageModelMillis(),
                100 * e.languageModelShare(),
                e.cost().codecMacs() / 1e9,
                e.codecMillis(),
                100 * e.codecShare());
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format.replace("%n", "\n"), values);
    }
}
