package io.github.qwen3tts.examples;

import picocli.CommandLine.Command;

/** Runs one example program by name. */
@Command(
        name = "qwen3tts",
        description = "Example programs of the qwen3tts library.",
        mixinStandardHelpOptions = true,
        subcommands = {Speak.class, Serve.class, Say.class, CloneVoice.class, DesignThenClone.class, DownloadModel.class
        })
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
