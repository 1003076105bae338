package io.github.qwen3tts.examples;

import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.server.ServerSettings;
import io.github.qwen3tts.server.SpeechServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves speech over HTTP until it is stopped. */
@Command(
        name = "serve",
        description = "Serves OpenAI's speech API, and a page to try voices at its address.",
        mixinStandardHelpOptions = true)
final class Serve implements Callable<Integer> {

    @Option(names = "--config", paramLabel = "FILE", description = "A config.yaml.")
    private Path file;

    @Option(
            names = {"--model", "--model-path"},
            paramLabel = "DIR|NAME",
            description =
                    "A checkpoint directory or the name of a model, instead of the file's (without a file: demo).")
    private String model;

    @Option(names = "--host", description = "Address to listen at, instead of the file's (default: 127.0.0.1).")
    private String host;

    @Option(names = "--port", description = "Port to listen at, instead of the file's (default: 8000).")
    private Integer port;

    @Option(
            names = "--pretokenizer",
            defaultValue = "QWEN2",
            description = "How text is cut into words: one of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private PretokenizerRule pretokenizer;

    @Option(names = "--print-schema", description = "Print a JSON schema of config.yaml for editors, and end.")
    private boolean printSchema;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (printSchema) {
            System.out.print(Config.schema(ServerSettings.SECTION));
            return 0;
        }
        Config read = config();
        SpeechServer server = SpeechServer.start(
                read,
                settings(read),
                engine -> engine.pretokenizerRule(pretokenizer).onProgress(ProgressBar.standard()));
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            stopped.countDown();
        }));
        System.err.println("listening at " + server.address() + " - stop with Ctrl+C");
        stopped.await();
        return 0;
    }

    private Config config() {
        Config read = file == null
                ? Config.of(ModelOption.DEMO, ServerSettings.SECTION)
                : Config.read(file, ServerSettings.SECTION);
        return model == null ? read : read.withModel(model);
    }

    private ServerSettings settings(Config read) {
        ServerSettings settings = ServerSettings.of(read);
        return settings.withAddress(host == null ? settings.host() : host, port == null ? settings.port() : port);
    }
}
