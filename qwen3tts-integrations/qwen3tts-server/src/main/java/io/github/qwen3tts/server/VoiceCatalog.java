package io.github.qwen3tts.server;

import io.github.qwen3tts.api.Capabilities;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.Speaker;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.server.ServerSettings.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Voices of a server by name: speakers of the model, cloned voices, and aliases of both. Names are compared in lower case.
 * Thread-safe.
 */
final class VoiceCatalog {

    /** Name of the voice of the configuration's {@code voice_cloning}. */
    static final String CLONED_VOICE = "cloned_voice";

    /** Origin of a voice. */
    enum Source {
        /** A speaker of the model. */
        PRESET,
        /** Made from a description. */
        DESCRIBED,
        /** Cloned from the configuration's clip. */
        CONFIGURED,
        /** Uploaded by a client. */
        UPLOADED
    }

    /**
     * One voice.
     *
     * @param id      its name
     * @param voice   to speak with
     * @param source  its origin
     * @param created when it was cloned; empty for others
     */
    record Entry(String id, Voice voice, Source source, Optional<Instant> created) {

        static Entry of(String id, Voice voice, Source source) {
            Optional<Instant> created =
                    voice instanceof ClonedVoice cloned ? Optional.of(cloned.created()) : Optional.empty();
            return new Entry(id, voice, source, created);
        }
    }

    private final ModelType type;
    private final Names names;
    private final Map<String, String> aliases = new TreeMap<>();
    private final Map<String, Entry> entries = new TreeMap<>(); // guarded by this

    VoiceCatalog(Capabilities model, Names names) {
        type = model.type();
        this.names = names;
        names.voiceAliases().forEach((alias, voice) -> aliases.put(key(alias), voice.strip()));
        for (Speaker speaker : model.speakers()) {
            String id = key(speaker.name());
            entries.put(id, Entry.of(id, Voice.named(speaker.name()), Source.PRESET));
        }
        if (type == ModelType.VOICE_DESIGN) {
            for (String name : OpenAiVoices.names()) {
                String description = OpenAiVoices.description(name).orElseThrow();
                entries.put(name, Entry.of(name, Voice.designed(description), Source.DESCRIBED));
            }
            aliases.forEach((alias, description) ->
                    entries.put(alias, Entry.of(alias, Voice.designed(description), Source.DESCRIBED)));
        }
    }

    static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }

    /** Refuses a configuration with aliases or a default of unknown voices. Called once all voices are added. */
    void check() {
        if (type == ModelType.VOICE_DESIGN) {
            return;
        }
        for (Map.Entry<String, String> alias : aliases.entrySet()) {
            requireConfigured("voice_aliases." + alias.getKey(), alias.getValue());
        }
        names.defaultVoice().ifPresent(name -> requireConfigured("default_voice", name));
    }

    private void requireConfigured(String setting, String name) {
        if (find(name).isEmpty()) {
            throw new InvalidRequestException("no such voice: setting=server." + setting + ", voice=" + name
                    + ", voices=" + entries().stream().map(Entry::id).toList());
        }
    }

    /** All voices by name, without aliases. */
    synchronized List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    synchronized Optional<Entry> find(String name) {
        return Optional.ofNullable(entries.get(key(name)));
    }

    /** Whether a name is in use, as a voice or an alias. */
    boolean isTaken(String name) {
        String key = key(name);
        return find(key).isPresent() || aliases.containsKey(key) || OpenAiVoices.has(key) || key.equals(CLONED_VOICE);
    }

    synchronized void add(Entry entry) {
        entries.put(entry.id(), entry);
    }

    synchronized void remove(String id) {
        entries.remove(key(id));
    }

    /**
     * Finds the voice for a request.
     *
     * @param name         any name, or empty for the default
     * @param instructions how to speak; for a VoiceDesign model, the voice itself
     */
    Voice resolve(Optional<String> name, String instructions) {
        if (type == ModelType.VOICE_DESIGN && !instructions.isEmpty()) {
            return Voice.designed(instructions);
        }
        if (name.isEmpty()) {
            return defaultVoice();
        }
        String key = key(name.get());
        String target = key(aliases.getOrDefault(key, key));
        Optional<Voice> own =
                find(type == ModelType.VOICE_DESIGN ? key : target).map(Entry::voice);
        if (own.isPresent()) {
            return own.get();
        }
        if (OpenAiVoices.has(key)) {
            return OpenAiVoices.speaker(key)
                    .flatMap(this::find)
                    .map(Entry::voice)
                    .orElseGet(this::defaultVoice);
        }
        throw ApiException.invalid("voice", "no such voice; there are " + known());
    }

    /** The configured default, else the configured clone, else OpenAI's first, else the first of all. */
    private Voice defaultVoice() {
        List<Optional<Entry>> choices = new ArrayList<>();
        choices.add(names.defaultVoice().flatMap(this::find));
        choices.add(find(CLONED_VOICE));
        choices.add(OpenAiVoices.speaker("alloy").flatMap(this::find));
        choices.add(entries().stream().findFirst());
        return choices.stream()
                .flatMap(Optional::stream)
                .findFirst()
                .map(Entry::voice)
                .orElseThrow(() -> ApiException.invalid(
                        "voice",
                        "this model clones voices and has none yet: send ref_audio, upload one to /v1/audio/voices, or"
                                + " set voice_cloning in the configuration"));
    }

    private String known() {
        List<String> known = new ArrayList<>(entries().stream().map(Entry::id).toList());
        aliases.keySet().stream().filter(alias -> !known.contains(alias)).forEach(known::add);
        return known.isEmpty() ? "none yet" : String.join(", ", known);
    }
}
