package io.github.qwen3tts.bench;

import io.github.qwen3tts.examples.ModelOption;
import io.github.qwen3tts.hearing.SpeechRecognizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells how near a precision is to fp32 on the same checkpoint. */
@Command(
        name = "scorecard",
        description =
                "Compares precisions with fp32 on the same checkpoint: scores of codes, codes, duration, word errors.",
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

    @Option(
            names = "--hear",
            negatable = true,
            description =
                    "Add what a speech recogniser mishears of 40 English sentences (default: for the demo voice).")
    private Boolean hear;

    @Override
    public Integer call() throws IOException {
        int computing = threads == null ? Math.min(8, Runtime.getRuntime().availableProcessors()) : threads;
        Path directory = model.directory();
        List<PrecisionScore> scores = new PrecisionComparison(directory, computing, frames, seed).compare(precisions);
        System.out.println(ScoreTable.of(scores));
        List<HeardScore> heard = hears() ? hear(directory, computing) : List.of();
        if (!heard.isEmpty()) {
            System.out.println(ScoreTable.heard(heard));
        }
        Path file = out.toAbsolutePath();
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                ScoreTable.json(
                        directory.toAbsolutePath().normalize().getFileName().toString(), scores, heard));
        System.err.println("wrote " + out);
        return 0;
    }

    private boolean hears() {
        return hear == null ? model.isDemo() : hear;
    }

    private List<HeardScore> hear(Path directory, int computing) {
        List<String> all = new ArrayList<>(precisions);
        all.remove("fp32");
        all.add(0, "fp32");
        SpeechRecognizer recognizer = SpeechRecognizer.load(computing);
        return all.stream()
                .map(precision -> HeardScore.of(directory, precision, computing, seed, recognizer))
                .toList();
    }
}
