package io.github.qwen3tts.config;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A {@code config.yaml}, shared by library and server:
 *
 * <pre>{@code
 * model_settings:
 *   model_path: Qwen/Qwen3-TTS-12Hz-0.6B-Base
 *   device: cpu
 *   precision: bf16
 * inference_settings:
 *   streaming: true
 *   latency_mode: low
 *   sample_rate: 24000
 * voice_cloning:
 *   reference_audio: me.wav
 *   prompt_text: What I say in it.
 * server:
 *   port: 8000
 * }</pre>
 *
 * <p>Only {@code model_path} must be there. A name that is not known, or a value that cannot be, is refused with its line
 * and column. {@link #schema()} tells an editor the same.
 *
 * @param model     what is loaded, and on what
 * @param inference how programs ask for speech
 * @param cloning   the clip whose voice is cloned, if any
 * @param server    for the server program
 */
public record Config(
        ModelSettings model, InferenceSettings inference, Optional<VoiceCloning> cloning, ServerSettings server) {

    static final String MODEL_SETTINGS = "model_settings";
    static final String INFERENCE_SETTINGS = "inference_settings";
    static final String VOICE_CLONING = "voice_cloning";
    static final String SERVER = "server";

    /**
     * Reads a file.
     *
     * @param file in UTF-8; paths in it are relative to its folder
     * @return what it says, checked, and what holds where it says nothing
     * @throws InvalidRequestException if it cannot be read, or with line and column if something in it cannot be used
     */
    public static Config read(Path file) {
        try {
            return parse(Files.readString(file), file);
        } catch (IOException e) {
            throw new InvalidRequestException("cannot read the configuration: file=" + file + ", failure=" + e, e);
        }
    }

    /**
     * Reads text.
     *
     * @param yaml the content of a file
     * @param file where it is from, or would be; paths in it are relative to its folder
     * @return what it says, checked, and what holds where it says nothing
     * @throws InvalidRequestException with line and column if something in it cannot be used
     */
    public static Config parse(String yaml, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        Section root = new Section(
                "",
                YamlReader.read(yaml, file.toString()),
                List.of(MODEL_SETTINGS, INFERENCE_SETTINGS, VOICE_CLONING, SERVER));
        ModelSettings model = ModelSettings.of(section(root, MODEL_SETTINGS, ModelSettings.SETTINGS));
        return new Config(
                new ModelSettings(inFolder(folder, model.modelPath()), model.device(), model.precision()),
                InferenceSettings.of(section(root, INFERENCE_SETTINGS, InferenceSettings.SETTINGS)),
                VoiceCloning.of(section(root, VOICE_CLONING, VoiceCloning.SETTINGS), folder),
                ServerSettings.of(section(root, SERVER, ServerSettings.SETTINGS), folder));
    }

    /**
     * What holds for a model where a file would say nothing more.
     *
     * @param nameOrDirectory a checkpoint directory, or the name of a model on the hub
     * @return the configuration
     */
    public static Config of(String nameOrDirectory) {
        Section nothing = new Section("", YamlReader.read("", "(none)"), List.of());
        Path here = Path.of("").toAbsolutePath();
        return new Config(
                new ModelSettings(nameOrDirectory, nothing.get(ModelSettings.DEVICE), Precision.AUTO),
                InferenceSettings.of(nothing),
                Optional.empty(),
                ServerSettings.of(nothing, here));
    }

    /**
     * With another model.
     *
     * @param nameOrDirectory a checkpoint directory, or the name of a model on the hub
     * @return the changed copy
     */
    public Config withModel(String nameOrDirectory) {
        return new Config(
                new ModelSettings(nameOrDirectory, model.device(), model.precision()), inference, cloning, server);
    }

    /**
     * With other settings of the server.
     *
     * @param server for the server program
     * @return the changed copy
     */
    public Config withServer(ServerSettings server) {
        return new Config(model, inference, cloning, server);
    }

    /**
     * A JSON schema of the file, for editors.
     *
     * @return JSON of draft-07, ending in a line break
     */
    public static String schema() {
        return ConfigSchema.json();
    }

    private static Section section(Section root, String name, List<Setting<?>> settings) {
        return new Section(name, root.node(name), Section.names(settings));
    }

    /** A directory is taken from the file's folder; a name stays what it is, also beside a folder that is no checkpoint. */
    private static String inFolder(Path folder, String modelPath) {
        return Paths.resolve(folder, modelPath)
                .filter(path -> Files.isDirectory(path)
                        && (Path.of(modelPath).getNameCount() > 1 || Files.exists(path.resolve("config.json"))))
                .map(Path::toString)
                .orElse(modelPath);
    }
}
