package io.github.qwen3tts.examples;

import io.github.qwen3tts.api.TtsException;
import java.io.IOException;
import picocli.CommandLine;

/** Runs command lines: a failure that a person can act on becomes one sentence, without a stack trace. */
public final class Programs {

    private Programs() {}

    /**
     * Runs a program without ending the process.
     *
     * @param main a picocli command with the programs as its subcommands
     * @param args the program's name and its arguments
     * @return 0 if it did what was asked, 2 for a wrong command line, 1 for other failures
     */
    public static int run(Object main, String... args) {
        CommandLine commandLine = new CommandLine(main).setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof TtsException || failure instanceof IOException) {
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
