package io.github.qwen3tts.bench;

import io.github.qwen3tts.examples.ModelOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells how near a precision is to fp32 on the same checkpoint. */
@Command(
        name = "scorecard",
        description = "Compares precisions with fp32 on the same checkpoint: scores of codes, codes, duration.",
        mixinStandardHelpOptions = true)
final class Scorecard implements Callable<Integer> {

    @Mixin
    private ModelOption model;

    @Option(
            names = "--precision",
            split = ",",
            defaultValue = "int8,int4",
            description =
                    "Some of fp32, bf16, int8, int4, each with +int8codec or without (default: ${DEFAULT-VALUE}).")
    private List<String> precisions;

    @Option(
            names = "--frames",
            defaultValue = "40",
            description = "Of each speech at most (default: ${DEFAULT-VALUE}).")
    private int frames;

    @Option(names = "--seed", defaultValue = "1", description = "Of what fp32 draws (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--threads", description = "Threads that compute (default: all processors, at most 8).")
    private Integer threads;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "target/scorecard.json",
            description = "JSON file to write (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Override
    public Integer call() throws IOException {
        int computing = threads == null ? Math.min(8, Runtime.getRuntime().availableProcessors()) : threads;
        Path directory = model.directory();
        List<PrecisionScore> scores = new PrecisionComparison(directory, computing, frames, seed).compare(precisions);
        System.out.println(ScoreTable.of(scores));
        Path file = out.toAbsolutePath();
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                ScoreTable.json(
                        directory.toAbsolutePath().normalize().getFileName().toString(), scores));
        System.err.println("wrote " + out);
        return 0;
    }
}
