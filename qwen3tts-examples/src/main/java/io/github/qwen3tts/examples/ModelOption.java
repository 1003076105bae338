package io.github.qwen3tts.examples;

import io.github.qwen3tts.hub.HubOptions;
import io.github.qwen3tts.hub.ModelHub;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --model}: which checkpoint, shared by all programs. */
public final class ModelOption {

    @Option(
            names = {"--model", "--model-path"},
            required = true,
            paramLabel = "DIR|NAME",
            description = {
                "A checkpoint directory, the name of a released model such as"
                        + " Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice, which is downloaded once,",
                "or 'mini': a tiny random checkpoint that comes along and only makes noise."
            })
    private String model;

    /**
     * Finds the checkpoint, downloading or unpacking it first if it is not there yet.
     *
     * @return its directory
     * @throws IOException if it cannot be downloaded or unpacked
     */
    public Path directory() throws IOException {
        return resolve(model);
    }

    /**
     * Finds a checkpoint as {@link #directory()} does.
     *
     * @param model a directory, a name on the hub, or {@code mini}
     * @return its directory
     * @throws IOException if it cannot be downloaded or unpacked
     */
    public static Path resolve(String model) throws IOException {
        if (model.equals("mini")) {
            System.err.println("note: 'mini' has random weights: it shows that everything runs, and sounds like noise");
            return MiniCheckpoint.unpack();
        }
        return new ModelHub(HubOptions.from(System.getenv()).withProgress(ProgressBar.standard())).resolve(model);
    }
}
