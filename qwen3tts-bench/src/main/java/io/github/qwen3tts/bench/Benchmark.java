package io.github.qwen3tts.bench;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures precisions of a checkpoint, each in processes of its own: one that fills an empty cache of quantised weights,
 * and one that finds it filled and speaks.
 *
 * @param model      directory of the checkpoint
 * @param precisions names of presets, none of them {@code auto}
 * @param threads    that compute
 * @param spinning   whether idle ones wait actively
 * @param roofline   whether to measure the machine, too
 * @param workload   what to speak
 */
public record Benchmark(
        Path model, List<String> precisions, int threads, boolean spinning, boolean roofline, Workload workload) {

    /** One JSON line per configuration; lines are added. */
    public static final String LINES = "results.jsonl";

    /** The table of the latest benchmark. */
    public static final String TABLE = "results.md";

    /** The picture of the latest benchmark. */
    public static final String CHART = "frame-time.svg";

    /**
     * Checks the names.
     *
     * @throws io.github.qwen3tts.api.InvalidRequestException if a precision is unknown or not one in particular
     */
    public Benchmark {
        model = model.toAbsolutePath().normalize();
        precisions = List.copyOf(precisions);
        for (String precision : precisions) {
            Check.argument(
                    Precision.named(precision).talker() != WeightFormat.AUTO,
                    "a benchmark needs precisions by name, such as fp32,int8,int4",
                    "precision",
                    precision);
        }
    }

    /**
     * Measures everything and writes {@link #LINES}, {@link #TABLE} and {@link #CHART}.
     *
     * @param directory of the files, made if it is missing
     * @return the table
     * @throws IOException if a process fails or a file cannot be written
     */
    public String run(Path directory) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(model);
        Files.createDirectories(directory);
        Roofline machine =
                roofline ? new OwnProcess(Roofline.class, Roofline.JAVA_OPTIONS).run(threads, Roofline.class) : null;
        List<Measurement> measurements = new ArrayList<>();
        for (String precision : precisions) {
            Measurement measured = measure(precision, checkpoint, machine);
            Files.writeString(
                    directory.resolve(LINES),
                    OwnProcess.JSON.writeValueAsString(measured) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            measurements.add(measured);
        }
        String table = BenchmarkTable.of(measurements);
        Files.writeString(directory.resolve(TABLE), table);
        Files.writeString(directory.resolve(CHART), chart(checkpoint, measurements));
        return table;
    }

    private Measurement measure(String precision, Checkpoint checkpoint, Roofline machine) throws IOException {
        try (TemporaryDirectory cache = TemporaryDirectory.create()) {
            EngineRun.Settings settings = new EngineRun.Settings(
                    model.toString(), precision, cache.path().toString(), threads, spinning, workload);
            OwnProcess process = new OwnProcess(EngineRun.class, OwnProcess.virtualMachineOptions());
            System.err.println(precision + ": first load");
            EngineRun.Result first = process.run(settings.least(), EngineRun.Result.class);
            System.err.println(precision + ": speaking");
            EngineRun.Result second = process.run(settings, EngineRun.Result.class);
            Efficiency efficiency = machine == null
                    ? null
                    : Efficiency.of(machine, FrameCost.of(checkpoint, Precision.named(precision)), second.frameTime());
            String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
            return new Measurement(
                    time,
                    model.getFileName().toString(),
                    precision,
                    threads,
                    spinning,
                    workload,
                    first.loadMillis(),
                    second,
                    efficiency);
        }
    }

    private String chart(Checkpoint checkpoint, List<Measurement> measurements) {
        double frameMillis = 1000.0
                * checkpoint.codec().samplesPerFrame()
                / checkpoint.codec().sampleRateHz();
        String title = "Where a frame's time goes: " + model.getFileName() + ", " + threads + " threads";
        return FrameTimeChart.of(
                title,
                measurements.stream()
                        .map(m ->
                                new FrameTimeChart.Bar(m.precision(), m.result().frameTime()))
                        .toList(),
                frameMillis);
    }
}
