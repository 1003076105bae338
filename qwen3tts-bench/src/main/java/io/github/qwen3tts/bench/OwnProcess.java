package io.github.qwen3tts.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class of this program in a process of its own, like this one: same Java, class path and options. */
final class OwnProcess {

    static final JsonMapper JSON = new JsonMapper();

    private static final int FIRST_JAVA_TO_ASK_FOR_NATIVE_ACCESS = 22;

    private final Class<?> program;
    private final List<String> options;

    OwnProcess(Class<?> program, List<String> options) {
        this.program = program;
        this.options = List.copyOf(options);
    }

    /** What this process's virtual machine was tuned with. */
    static List<String> virtualMachineOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-X"))
                .toList();
    }

    /** Sends {@code input} as JSON in the only argument, and reads the program's output as JSON. Messages go through. */
    <T> T run(Object input, Class<T> output) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        if (Runtime.version().feature() >= FIRST_JAVA_TO_ASK_FOR_NATIVE_ACCESS) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(program.getName());
        command.add(JSON.writeValueAsString(input));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)); // does not outlive this one
        try {
            process.getOutputStream().close();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException("measuring process failed, its message stands above: exit=" + exit + ", program="
                        + program.getSimpleName() + ", input=" + input);
            }
            return JSON.readValue(answer, output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a process measured: program=" + program.getSimpleName(), e);
        }
    }
}
