package io.github.qwen3tts.server;

import io.github.qwen3tts.config.Config;
import io.github.qwen3tts.config.Section;
import io.github.qwen3tts.config.Setting;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code server}: address, limits, access and names of a {@link SpeechServer}. Immutable.
 *
 * <pre>{@code
 * Config config = Config.read(file, ServerSettings.SECTION);
 * ServerSettings settings = ServerSettings.of(config).withAddress("0.0.0.0", 9000);
 * }</pre>
 */
public final class ServerSettings {

    private static final int MAX_PORT = 65_535;
    private static final int MAX_CONCURRENT_LIMIT = 256;
    private static final int MAX_QUEUE_LIMIT = 10_000;
    private static final Pattern KEY_PATTERN = Pattern.compile("[\\x21-\\x7E]{8,}");
    private static final String KEY_FORM = "at least 8 printable ASCII characters without blanks";

    private static final Setting<String> HOST = Setting.text(
                    "host", "Address to listen at; 0.0.0.0 is every one of this machine.")
            .withDefault("127.0.0.1");
    private static final Setting<Integer> PORT = Setting.integer(
                    "port", 0, MAX_PORT, "Port to listen at; 0 takes a free one.")
            .withDefault(8_000);
    private static final Setting<String> API_KEY = Setting.pattern(
                    "api_key",
                    KEY_PATTERN,
                    KEY_FORM,
                    "Requests must carry it as a bearer token; unless set, none is needed.")
            .secret();
    private static final Setting<Integer> MAX_CONCURRENT = Setting.integer(
                    "max_concurrent",
                    1,
                    MAX_CONCURRENT_LIMIT,
                    "Requests spoken at the same time; each slows the others down.")
            .withDefault(4);
    private static final Setting<Integer> MAX_QUEUE = Setting.integer(
                    "max_queue",
                    0,
                    MAX_QUEUE_LIMIT,
                    "Requests that wait for their turn; more are answered 429 with Retry-After.")
            .withDefault(16);
    private static final Setting<Integer> MAX_INPUT_CHARS = Setting.integer(
                    "max_input_chars", 1, 1_000_000, "Characters of one text.")
            .withDefault(4_096);
    private static final Setting<Integer> MAX_BODY_BYTES = Setting.integer(
                    "max_body_bytes", 1_024, 1 << 30, "Bytes of one request, reference audio included.")
            .withDefault(25 << 20);
    private static final Setting<List<String>> CORS_ORIGINS = Setting.list(
                    "cors_origins",
                    "Web pages of other origins that may ask, such as https://example.org; \"*\" is any.")
            .withDefault(List.of());
    private static final Setting<List<String>> ALLOWED_HOSTS = Setting.list(
                    "allowed_hosts",
                    "Names by which clients reach a server that listens at a loopback address, such as that of a proxy.")
            .withDefault(List.of());
    private static final Setting<List<String>> REF_AUDIO_HOSTS = Setting.list(
                    "ref_audio_hosts", "Hosts that ref_audio may be fetched from; unless listed, it must be base64.")
            .withDefault(List.of());
    private static final Setting<String> DEFAULT_VOICE =
            Setting.text("default_voice", "Voice for names of OpenAI's that voice_aliases does not list.");
    private static final Setting<Map<String, String>> VOICE_ALIASES = Setting.map(
                    "voice_aliases", "Voices by the names clients use: {alloy: vivian}.")
            .withDefault(Map.of());
    private static final Setting<List<String>> MODEL_ALIASES = Setting.list(
                    "model_aliases",
                    "Names the model goes by, beside its own, qwen3-tts, tts-1, tts-1-hd and gpt-4o-mini-tts.")
            .withDefault(List.of());
    private static final Setting<Path> VOICES_DIRECTORY = Setting.path(
            "voices_directory",
            "Where uploaded voices are kept, relative to this file; unless set, uploads are refused.");

    /** Declares {@code server} to {@link Config#read}. */
    public static final Section SECTION = Section.of(
            "server",
            "Address, limits and access of the server.",
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

    /**
     * Limits of requests.
     *
     * @param maxConcurrent requests spoken at the same time
     * @param maxQueue      requests that wait for one of them to end
     * @param maxInputChars of one text
     * @param maxBodyBytes  of one request
     */
    record Limits(int maxConcurrent, int maxQueue, int maxInputChars, int maxBodyBytes) {}

    /**
     * Rules of access.
     *
     * @param apiKey        that requests must carry; empty if none is needed
     * @param corsOrigins   origins of web pages that may send requests; {@code *} is any
     * @param allowedHosts  names of the server beside its own address
     * @param refAudioHosts hosts that reference audio may be fetched from
     */
    record Access(
            Optional<String> apiKey, List<String> corsOrigins, List<String> allowedHosts, List<String> refAudioHosts) {

        /** Says whether there is a key, never which. */
        @Override
        public String toString() {
            return "Access[apiKey=" + (apiKey.isPresent() ? "(set)" : "none") + ", corsOrigins=" + corsOrigins
                    + ", allowedHosts=" + allowedHosts + ", refAudioHosts=" + refAudioHosts + "]";
        }
    }

    /**
     * Names of voices and models.
     *
     * @param defaultVoice for names of OpenAI's that the model has no voice for; empty for the server's choice
     * @param voiceAliases voices by the names clients use
     * @param modelAliases more names of the model
     */
    record Names(Optional<String> defaultVoice, Map<String, String> voiceAliases, List<String> modelAliases) {}

    private final String host;
    private final int port;
    private final Limits limits;
    private final Access access;
    private final Names names;
    private final Optional<Path> voicesDirectory;

    private ServerSettings(
            String host, int port, Limits limits, Access access, Names names, Optional<Path> voicesDirectory) {
        this.host = host;
        this.port = port;
        this.limits = limits;
        this.access = access;
        this.names = names;
        this.voicesDirectory = voicesDirectory;
    }

    /**
     * Returns the settings of a configuration.
     *
     * @param config read with {@link #SECTION}
     * @return the settings
     * @throws IllegalArgumentException if it was read without
     */
    public static ServerSettings of(Config config) {
        return new ServerSettings(
                config.get(HOST),
                config.get(PORT),
                new Limits(
                        config.get(MAX_CONCURRENT),
                        config.get(MAX_QUEUE),
                        config.get(MAX_INPUT_CHARS),
                        config.get(MAX_BODY_BYTES)),
                new Access(
                        config.find(API_KEY),
                        config.get(CORS_ORIGINS),
                        config.get(ALLOWED_HOSTS),
                        config.get(REF_AUDIO_HOSTS)),
                new Names(config.find(DEFAULT_VOICE), config.get(VOICE_ALIASES), config.get(MODEL_ALIASES)),
                config.find(VOICES_DIRECTORY));
    }

    /**
     * Returns the settings that hold without a configuration: 127.0.0.1, port 8000, 4 concurrent and 16 queued requests,
     * no key, no uploads.
     *
     * @return the defaults
     */
    public static ServerSettings defaults() {
        return of(Config.of("", SECTION));
    }

    /**
     * Returns a copy that listens elsewhere.
     *
     * @param host name or address to listen at; {@code 0.0.0.0} is every address of this machine
     * @param port 0 to 65535; 0 takes a free one
     * @return the changed copy
     * @throws IllegalArgumentException if the port is out of range
     */
    public ServerSettings withAddress(String host, int port) {
        requireRange("port", port, 0, MAX_PORT);
        return new ServerSettings(host, port, limits, access, names, voicesDirectory);
    }

    /**
     * Returns a copy that demands a key.
     *
     * @param apiKey that requests must carry as a bearer token: at least 8 printable ASCII characters without blanks
     * @return the changed copy
     * @throws IllegalArgumentException if the key is another
     */
    public ServerSettings withApiKey(String apiKey) {
        if (!KEY_PATTERN.matcher(apiKey).matches()) {
            throw new IllegalArgumentException("apiKey must be " + KEY_FORM);
        }
        Access changed = new Access(Optional.of(apiKey), access.corsOrigins, access.allowedHosts, access.refAudioHosts);
        return new ServerSettings(host, port, limits, changed, names, voicesDirectory);
    }

    /**
     * Returns a copy with other limits of concurrency.
     *
     * @param maxConcurrent requests spoken at the same time, 1 to 256
     * @param maxQueue      requests that wait for their turn, 0 to 10000; more are answered 429
     * @return the changed copy
     * @throws IllegalArgumentException if a number is out of range
     */
    public ServerSettings withConcurrency(int maxConcurrent, int maxQueue) {
        requireRange("maxConcurrent", maxConcurrent, 1, MAX_CONCURRENT_LIMIT);
        requireRange("maxQueue", maxQueue, 0, MAX_QUEUE_LIMIT);
        Limits changed = new Limits(maxConcurrent, maxQueue, limits.maxInputChars, limits.maxBodyBytes);
        return new ServerSettings(host, port, changed, access, names, voicesDirectory);
    }

    /**
     * Returns a copy that answers web pages of other origins.
     *
     * @param corsOrigins such as {@code https://example.org}; {@code *} is any
     * @return the changed copy
     */
    public ServerSettings withCorsOrigins(List<String> corsOrigins) {
        Access changed = new Access(access.apiKey, List.copyOf(corsOrigins), access.allowedHosts, access.refAudioHosts);
        return new ServerSettings(host, port, limits, changed, names, voicesDirectory);
    }

    /**
     * Returns a copy that is reached by other names, such as that of a proxy.
     *
     * @param allowedHosts names in the {@code Host} header of requests
     * @return the changed copy
     */
    public ServerSettings withAllowedHosts(List<String> allowedHosts) {
        Access changed = new Access(access.apiKey, access.corsOrigins, List.copyOf(allowedHosts), access.refAudioHosts);
        return new ServerSettings(host, port, limits, changed, names, voicesDirectory);
    }

    /**
     * Returns a copy that keeps voices and accepts uploads of more.
     *
     * @param directory holds a file {@code NAME.voice} for each; is created if it is missing
     * @return the changed copy
     */
    public ServerSettings withVoicesDirectory(Path directory) {
        return new ServerSettings(host, port, limits, access, names, Optional.of(directory));
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name + " must be from " + min + " to " + max + ": " + name + "=" + value);
        }
    }

    /**
     * Returns the address to listen at.
     *
     * @return a name or number
     */
    public String host() {
        return host;
    }

    /**
     * Returns the port to listen at.
     *
     * @return 0 for a free one
     */
    public int port() {
        return port;
    }

    Limits limits() {
        return limits;
    }

    Access access() {
        return access;
    }

    Names names() {
        return names;
    }

    /** Directory of uploaded voices; empty if uploads are refused. */
    Optional<Path> voicesDirectory() {
        return voicesDirectory;
    }

    /** Lists all values but the key, of which it says only whether there is one. */
    @Override
    public String toString() {
        return "ServerSettings[host=" + host + ", port=" + port + ", limits=" + limits + ", access=" + access
                + ", names=" + names + ", voicesDirectory=" + voicesDirectory + "]";
    }
}
