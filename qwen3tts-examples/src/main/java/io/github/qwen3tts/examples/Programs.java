package io.github.qwen3tts.examples;

import io.github.qwen3tts.api.TtsException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;

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
        IVersionProvider version = Programs::version;
        commandLine.getCommandSpec().versionProvider(version);
        commandLine
                .getSubcommands()
                .values()
                .forEach(program -> program.getCommandSpec().versionProvider(version));
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

    /** Returns what {@code --version} prints: the version of this library, then what it runs on. */
    private static String[] version() throws IOException {
        Properties build = new Properties();
        try (InputStream in = Programs.class.getResourceAsStream("build.properties")) {
            build.load(in);
        }
        return new String[] {
            "qwen3tts " + build.getProperty("version"),
            "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch")
        };
    }
}
