package io.github.qwen3tts.bench;

import io.github.qwen3tts.examples.Programs;
import picocli.CommandLine.Command;

/** Runs one program of the project's engineers by name. */
@Command(
        name = "qwen3tts-bench",
        description = "Programs that measure and check the engine, and write checkpoints to do it with.",
        mixinStandardHelpOptions = true,
        subcommands = {Bench.class, Scorecard.class, Synth.class, Gpu.class})
public final class Main {

    private Main() {}

    /**
     * The entry point.
     *
     * @param args the program's name and its arguments
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs a program without ending the process; returns its exit status. */
    static int run(String... args) {
        return Programs.run(new Main(), args);
    }
}
