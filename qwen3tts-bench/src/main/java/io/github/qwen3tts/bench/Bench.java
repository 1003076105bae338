package io.github.qwen3tts.bench;

import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.examples.ModelOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures speed and memory of the engine, against what the machine could do. */
@Command(
        name = "bench",
        description =
                "Measures speed and memory, each precision in a process of its own, against what the machine could do.",
        mixinStandardHelpOptions = true)
final class Bench implements Callable<Integer> {

    @Mixin
    private ModelOption model;

    @Option(
            names = "--precision",
            split = ",",
            defaultValue = "fp32,int8,int4",
            description =
                    "Some of fp32, bf16, int8, int4, each with +int8codec or without (default: ${DEFAULT-VALUE}).")
    private List<String> precisions;

    @Option(names = "--frames", defaultValue = "100", description = "Of a speech (default: ${DEFAULT-VALUE}).")
    private int frames;

    @Option(names = "--text-tokens", defaultValue = "25", description = "Of the text (default: ${DEFAULT-VALUE}).")
    private int textTokens;

    @Option(
            names = "--text-layout",
            defaultValue = "MODEL_DEFAULT",
            description = "How the text enters the model: one of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private TextLayout textLayout;

    @Option(
            names = "--warmup",
            defaultValue = "1",
            description = "Speeches before any is measured (default: ${DEFAULT-VALUE}).")
    private int warmups;

    @Option(names = "--runs", defaultValue = "5", description = "Speeches measured (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--first-frames",
            defaultValue = "20",
            description = {
                "Speeches of one frame, for TTFA alone, and as many, up to 8, of voices that have not spoken",
                "(default: ${DEFAULT-VALUE})."
            })
    private int firstFrames;

    @Option(names = "--threads", description = "Threads that compute (default: all processors, at most 8).")
    private Integer threads;

    @Option(names = "--spin", description = "Let idle threads wait actively: faster on a machine of one's own.")
    private boolean spin;

    @Option(names = "--no-roofline", description = "Leave out what the machine could do.")
    private boolean noRoofline;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "target/bench",
            description = {
                "Where to: " + Benchmark.LINES + ", to which lines are added, " + Benchmark.TABLE + " and "
                        + Benchmark.CHART + " (default: ${DEFAULT-VALUE})."
            })
    private Path out;

    @Override
    public Integer call() throws IOException {
        int computing = threads == null ? Math.min(8, Runtime.getRuntime().availableProcessors()) : threads;
        Workload workload = new Workload(frames, textTokens, textLayout, warmups, runs, firstFrames);
        Benchmark benchmark = new Benchmark(model.directory(), precisions, computing, spin, !noRoofline, workload);
        System.out.println(benchmark.run(out));
        System.err.println("wrote " + out);
        return 0;
    }
}
