package io.github.qwen3tts.examples;

import io.github.qwen3tts.hub.BundledModel;
import io.github.qwen3tts.hub.HubOptions;
import io.github.qwen3tts.hub.ModelHub;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --model}: which checkpoint, shared by the programs that speak with any. */
public final class ModelOption {

    static final String DEMO = "demo";

    @Option(
            names = {"--model", "--model-path"},
            paramLabel = "DIR|NAME",
            defaultValue = DEMO,
            description = {
                "A checkpoint directory, or the name of a released model such as"
                        + " Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice, which is downloaded once",
                "(default: ${DEFAULT-VALUE}, a small English voice that comes along)."
            })
    private String model;

    /**
     * Finds the checkpoint, downloading or unpacking it first if it is not there yet.
     *
     * @return its directory
     */
    public Path directory() {
        return resolve(model);
    }

    /** Finds a checkpoint by name, and shows the progress of a download. */
    static Path resolve(String name) {
        return new ModelHub(HubOptions.from(System.getenv()).withProgress(ProgressBar.standard())).resolve(name);
    }

    /**
     * Tells whether the user asked for the demo voice, or for no model.
     *
     * @return true for {@code demo}
     */
    public boolean isDemo() {
        return model.equals(DEMO);
    }

    /** Returns what the user typed. */
    String name() {
        return model;
    }

    /** Returns the model of a jar if that is what the name led to, and not a directory of this name. */
    Optional<BundledModel> bundled(Path directory) {
        return directory.equals(Path.of(model)) ? Optional.empty() : ModelHub.bundled(model);
    }
}
