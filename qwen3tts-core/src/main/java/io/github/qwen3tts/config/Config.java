package io.github.qwen3tts.config;

import io.github.qwen3tts.api.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds a {@code config.yaml}, the file that the library and the programs around it share:
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
 * <p>Only {@code model_path} is required. An unknown name, or a value that is not allowed, is refused with its line and
 * column. {@link #schema} tells editors the same rules.
 *
 * <p>The first three sections belong to the library. A program with settings of its own declares a {@link Section},
 * passes it to {@link #read}, and takes its values with {@link #get} and {@link #find}. {@code server} is the section of
 * this project's server: the name is always allowed, so that library and server can share a file, but its settings are
 * read and checked only where the server passes its section. Any other section that was not passed is refused as
 * unknown, {@code sever} with the hint that {@code server} may be meant.
 *
 * <p>Immutable.
 */
public final class Config {

    private static final Setting<Path> REFERENCE_AUDIO = Setting.path(
            "reference_audio",
            "A clip of the voice to clone, 3 to 30 seconds, relative to this file. Needs a Base model.");
    private static final Setting<String> PROMPT_TEXT = Setting.text(
                    "prompt_text", "What is said in the clip, word for word; makes the clone closer.")
            .secret();
    private static final Section VOICE_CLONING =
            Section.of("voice_cloning", "The clip whose voice is cloned_voice.", REFERENCE_AUDIO, PROMPT_TEXT);

    private static final List<Section> OURS = List.of(ModelSettings.SECTION, InferenceSettings.SECTION, VOICE_CLONING);

    /** Sections that other programs of this project read. */
    private static final List<String> ELSEWHERE = List.of("server");

    private final List<Section> sections;
    private final Map<Setting<?>, Object> values; // absent ones are left out

    private Config(List<Section> sections, Map<Setting<?>, Object> values) {
        this.sections = sections;
        this.values = values;
    }

    /**
     * Reads a file.
     *
     * @param file in UTF-8; paths in it are relative to its folder
     * @param more sections of the calling program, beside the library's own
     * @return its values and the defaults, all checked
     * @throws InvalidRequestException if it cannot be read, or with line and column if something in it is not allowed
     */
    public static Config read(Path file, Section... more) {
        try {
            return parse(Files.readString(file), file, more);
        } catch (IOException e) {
            throw new InvalidRequestException("cannot read the configuration: file=" + file + ", failure=" + e, e);
        }
    }

    /**
     * Reads text.
     *
     * @param yaml the content of a file
     * @param file where it is from, or would be; paths in it are relative to its folder
     * @param more sections of the calling program, beside the library's own
     * @return its values and the defaults, all checked
     * @throws InvalidRequestException with line and column if something in it is not allowed
     */
    public static Config parse(String yaml, Path file, Section... more) {
        List<Section> sections = all(more);
        List<String> elsewhere = elsewhere(sections);
        SectionReader root = new SectionReader(
                "",
                YamlReader.read(yaml, file),
                Stream.concat(sections.stream().map(Section::name), elsewhere.stream())
                        .toList());
        Map<Setting<?>, Object> values = new LinkedHashMap<>();
        for (Section section : sections) {
            SectionReader reader = new SectionReader(section.name(), root.node(section.name()), section.settingNames());
            for (Setting<?> setting : section.settings()) {
                reader.read(setting).ifPresent(value -> values.put(setting, value));
            }
            if (isTranscriptWithoutClip(section, values)) {
                throw reader.wrong(PROMPT_TEXT, "the transcript of a reference_audio, which is missing");
            }
        }
        elsewhere.forEach(root::requireSettings);
        values.computeIfPresent(ModelSettings.MODEL_PATH, (setting, path) -> inFolder(file, (String) path));
        return new Config(sections, values);
    }

    private static boolean isTranscriptWithoutClip(Section section, Map<Setting<?>, Object> values) {
        return section == VOICE_CLONING
                && values.get(PROMPT_TEXT) instanceof String text
                && !text.isBlank()
                && !values.containsKey(REFERENCE_AUDIO);
    }

    /** A directory is taken from the file's folder; a name stays as it is, also beside a folder that is no checkpoint. */
    private static String inFolder(Path file, String modelPath) {
        return Kind.resolve(file, modelPath)
                .filter(path -> Files.isDirectory(path)
                        && (Path.of(modelPath).getNameCount() > 1 || Files.exists(path.resolve("config.json"))))
                .map(Path::toString)
                .orElse(modelPath);
    }

    /**
     * Returns the defaults for a model, as if a file named nothing else.
     *
     * @param nameOrDirectory a checkpoint directory, or the name of a model on the hub
     * @param more            sections of the calling program, beside the library's own
     * @return the configuration
     */
    public static Config of(String nameOrDirectory, Section... more) {
        List<Section> sections = all(more);
        Map<Setting<?>, Object> values = new LinkedHashMap<>();
        sections.stream()
                .flatMap(section -> section.settings().stream())
                .forEach(setting -> setting.fallback().ifPresent(value -> values.put(setting, value)));
        values.put(ModelSettings.MODEL_PATH, nameOrDirectory);
        return new Config(sections, values);
    }

    /**
     * Returns a copy with another model.
     *
     * @param nameOrDirectory a checkpoint directory, or the name of a model on the hub
     * @return the changed copy
     */
    public Config withModel(String nameOrDirectory) {
        Map<Setting<?>, Object> changed = new LinkedHashMap<>(values);
        changed.put(ModelSettings.MODEL_PATH, nameOrDirectory);
        return new Config(sections, changed);
    }

    /**
     * Returns a JSON schema of the file, for editors.
     *
     * @param more sections beside the library's own
     * @return JSON of draft-07, ending in a line break
     */
    public static String schema(Section... more) {
        List<Section> sections = all(more);
        return ConfigSchema.json(sections, elsewhere(sections));
    }

    private static List<Section> all(Section... more) {
        List<Section> sections = new ArrayList<>(OURS);
        for (Section section : more) {
            if (sections.stream().anyMatch(other -> other.name().equals(section.name()))) {
                throw new IllegalArgumentException("section is declared twice: section=" + section.name());
            }
            sections.add(section);
        }
        return List.copyOf(sections);
    }

    private static List<String> elsewhere(List<Section> sections) {
        return ELSEWHERE.stream()
                .filter(name ->
                        sections.stream().noneMatch(section -> section.name().equals(name)))
                .toList();
    }

    /**
     * Returns the settings of the model.
     *
     * @return {@code model_settings}
     */
    public ModelSettings model() {
        return new ModelSettings(this);
    }

    /**
     * Returns the defaults of requests.
     *
     * @return {@code inference_settings}
     */
    public InferenceSettings inference() {
        return new InferenceSettings(this);
    }

    /**
     * Returns the clip of the voice to clone, which programs call {@code cloned_voice}.
     *
     * @return an audio file; empty if the file has no {@code voice_cloning}
     */
    public Optional<Path> referenceAudio() {
        return find(REFERENCE_AUDIO);
    }

    /**
     * Returns what is said in {@link #referenceAudio}.
     *
     * @return the transcript; empty to clone from the sound of the voice only
     */
    public Optional<String> promptText() {
        return find(PROMPT_TEXT).map(String::strip).filter(text -> !text.isEmpty());
    }

    /**
     * Returns the value of a setting that is required or has a default.
     *
     * @param setting of a section this was read with
     * @param <T>     the type of the value
     * @return the value
     * @throws IllegalArgumentException if it was not read with the setting's section, or there is neither value nor
     *     default
     */
    public <T> T get(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() -> new IllegalArgumentException(
                        "setting has neither value nor default: setting=" + setting.name() + "; ask with find"));
    }

    /**
     * Returns the value of a setting.
     *
     * @param setting of a section this was read with
     * @param <T>     the type of the value
     * @return the value or its default; empty if there is neither
     * @throws IllegalArgumentException if it was not read with the setting's section
     */
    public <T> Optional<T> find(Setting<T> setting) {
        if (sections.stream().noneMatch(section -> section.settings().contains(setting))) {
            throw new IllegalArgumentException("configuration was read without this setting: setting=" + setting.name()
                    + "; pass its section to Config.read");
        }
        @SuppressWarnings("unchecked") // its kind has read it
        T value = (T) values.get(setting);
        return Optional.ofNullable(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Config config && config.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Lists every section and value but those of secret settings, of which it says only that they are set. */
    @Override
    public String toString() {
        return sections.stream().map(this::text).collect(Collectors.joining(", ", "Config[", "]"));
    }

    /** The part of {@link #toString} for one section. */
    String text(Section section) {
        return section.settings().stream()
                .filter(values::containsKey)
                .map(setting -> setting.name() + "=" + (setting.isSecret() ? "(set)" : values.get(setting)))
                .collect(Collectors.joining(", ", section.name() + "={", "}"));
    }
}
