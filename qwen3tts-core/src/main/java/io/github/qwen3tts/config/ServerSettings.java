package io.github.qwen3tts.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code server}: for the server program; the library has no use for it.
 *
 * @param host    address to listen at
 * @param port    to listen at; 0 takes a free one
 * @param limits  of what is accepted
 * @param access  who may ask, and from where
 * @param names   which voices and models go by other names
 * @param uploads directory of uploaded voices; empty refuses uploads
 */
public record ServerSettings(String host, int port, Limits limits, Access access, Names names, Optional<Path> uploads) {

    /**
     * What is accepted.
     *
     * @param maxConcurrent speeches made at once
     * @param maxQueue      requests that may wait for one of them to end
     * @param maxInputChars of a text
     * @param maxBodyBytes  of a request
     */
    public record Limits(int maxConcurrent, int maxQueue, int maxInputChars, int maxBodyBytes) {}

    /**
     * Who may ask.
     *
     * @param apiKey        that requests must carry; empty lets everybody in
     * @param corsOrigins   web pages of other origins that may ask; {@code *} is any
     * @param allowedHosts  names the server is reached by beside its own address
     * @param refAudioHosts hosts that reference audio may be fetched from
     */
    public record Access(
            Optional<String> apiKey, List<String> corsOrigins, List<String> allowedHosts, List<String> refAudioHosts) {

        /** Says whether there is a key, never which. */
        @Override
        public String toString() {
            return "Access[apiKey=" + (apiKey.isPresent() ? "set" : "none") + ", corsOrigins=" + corsOrigins
                    + ", allowedHosts=" + allowedHosts + ", refAudioHosts=" + refAudioHosts + "]";
        }
    }

    /**
     * Other names.
     *
     * @param defaultVoice  for names that OpenAI gave and this model has no voice for; empty for the server's choice
     * @param voiceAliases  voices by the names clients use
     * @param modelAliases  names the model goes by
     */
    public record Names(Optional<String> defaultVoice, Map<String, String> voiceAliases, List<String> modelAliases) {}

    /**
     * Listening elsewhere.
     *
     * @param host address to listen at
     * @param port to listen at; 0 takes a free one
     * @return the changed copy
     */
    public ServerSettings withAddress(String host, int port) {
        return new ServerSettings(host, port, limits, access, names, uploads);
    }

    static final Setting<String> HOST = Setting.of(
            "host", new Kind.Text(), "127.0.0.1", "Address to listen at; 0.0.0.0 is every one of this machine.");
    static final Setting<Integer> PORT =
            Setting.of("port", new Kind.Whole(0, 65_535), 8_000, "Port to listen at; 0 takes a free one.");
    static final Setting<String> API_KEY = Setting.optional(
                    "api_key", new Kind.Text(), "Requests must carry it as a bearer token; unless set, none is needed.")
            .asSecret();
    static final Setting<Integer> MAX_CONCURRENT = Setting.of(
            "max_concurrent", new Kind.Whole(1, 256), 4, "Speeches made at once; each slows the others down.");
    static final Setting<Integer> MAX_QUEUE = Setting.of(
            "max_queue",
            new Kind.Whole(0, 10_000),
            16,
            "Requests that wait for their turn; more are answered 429 with Retry-After.");
    static final Setting<Integer> MAX_INPUT_CHARS =
            Setting.of("max_input_chars", new Kind.Whole(1, 1_000_000), 4_096, "Characters of one text.");
    static final Setting<Integer> MAX_BODY_BYTES = Setting.of(
            "max_body_bytes",
            new Kind.Whole(1_024, 1 << 30),
            25 << 20,
            "Bytes of one request, reference audio included.");
    static final Setting<List<String>> CORS_ORIGINS = Setting.of(
            "cors_origins",
            new Kind.Texts(),
            List.of(),
            "Web pages of other origins that may ask, such as https://example.org; \"*\" is any.");
    static final Setting<List<String>> ALLOWED_HOSTS = Setting.of(
            "allowed_hosts",
            new Kind.Texts(),
            List.of(),
            "Names by which clients reach a server that listens at a loopback address, such as that of a proxy.");
    static final Setting<List<String>> REF_AUDIO_HOSTS = Setting.of(
            "ref_audio_hosts",
            new Kind.Texts(),
            List.of(),
            "Hosts that ref_audio may be fetched from; unless listed, it must be base64.");
    static final Setting<String> DEFAULT_VOICE = Setting.optional(
            "default_voice", new Kind.Text(), "Voice for names of OpenAI's that voice_aliases does not list.");
    static final Setting<Map<String, String>> VOICE_ALIASES = Setting.of(
            "voice_aliases", new Kind.NamedTexts(), Map.of(), "Voices by the names clients use: {alloy: vivian}.");
    static final Setting<List<String>> MODEL_ALIASES = Setting.of(
            "model_aliases",
            new Kind.Texts(),
            List.of(),
            "Names the model goes by, beside its own, qwen3-tts, tts-1, tts-1-hd and gpt-4o-mini-tts.");
    static final Setting<String> VOICES_DIRECTORY = Setting.optional(
            "voices_directory",
            new Kind.Text(),
            "Where uploaded voices are kept, relative to this file; unless set, uploads are refused.");
    static final List<Setting<?>> SETTINGS = List.of(
            HOST,
            PORT,
            API_KEY,
            MAX_CONCURRENT,
            MAX_QUEUE,
            MAX_INPUT_CHARS,
            MAX_BODY_BYTES,
            CORS_ORIGINS,
            ALLOWED_HOSTS,
            REF_AUDIO_HOSTS,
            DEFAULT_VOICE,
            VOICE_ALIASES,
            MODEL_ALIASES,
            VOICES_DIRECTORY);

    static ServerSettings of(Section section, Path folder) {
        return new ServerSettings(
                section.get(HOST),
                section.get(PORT),
                new Limits(
                        section.get(MAX_CONCURRENT),
                        section.get(MAX_QUEUE),
                        section.get(MAX_INPUT_CHARS),
                        section.get(MAX_BODY_BYTES)),
                new Access(
                        apiKey(section),
                        section.get(CORS_ORIGINS),
                        section.get(ALLOWED_HOSTS),
                        section.get(REF_AUDIO_HOSTS)),
                new Names(section.find(DEFAULT_VOICE), section.get(VOICE_ALIASES), section.get(MODEL_ALIASES)),
                section.find(VOICES_DIRECTORY).map(text -> Paths.resolve(section, VOICES_DIRECTORY, folder, text)));
    }

    private static Optional<String> apiKey(Section section) {
        Optional<String> key = section.find(API_KEY);
        if (key.isPresent() && !key.get().matches("[\\x21-\\x7E]{8,}")) {
            throw section.wrong(API_KEY, "at least 8 printable ASCII characters without blanks");
        }
        return key;
    }
}
