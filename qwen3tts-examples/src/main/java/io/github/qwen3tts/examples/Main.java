package io.github.qwen3tts.examples;

import io.github.qwen3tts.api.TtsException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Runs one example program by name. */
@Command(
        name = "qwen3tts",
        description = "Example programs of the qwen3tts library.",
        mixinStandardHelpOptions = true,
        subcommands = {
            Speak.class,
            Serve.class,
            Say.class,
            CloneVoice.class,
            DesignThenClone.class,
            Synth.class,
            Bench.class,
            Scorecard.class,
            Gpu.class
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

    /**
     * Runs a program without ending the process.
     *
     * @param args the program's name and its arguments
     * @return 0 if it did what was asked, 2 for a wrong command line, 1 for other failures
     */
    static int run(String... args) {
        CommandLine commandLine = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof TtsException || failure instanceof java.io.IOException) {
                command.getErr().println("error: " + failure.getMessage()); // a sentence; the stack says no more
                return 1;
            }
            throw failure;
        });
        if (args.length == 0) {
            commandLine.usage(System.err);
            return 2;
        }
        return commandLine.execute(args);
    }
}
