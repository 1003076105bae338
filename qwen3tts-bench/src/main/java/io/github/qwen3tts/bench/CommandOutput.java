package io.github.qwen3tts.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What a small command of the operating system says. */
final class CommandOutput {

    private CommandOutput() {}

    /** Its standard output without blanks around it; empty if there is no such command or it fails. */
    static String of(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? output : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
