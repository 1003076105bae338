package io.github.qwen3tts.hub;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Progress;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.ProgressListeners;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which hub is asked, as whom, what is fetched, and where files are kept.
 *
 * @param endpoint the hub's address; also a mirror of it
 * @param cache    the folder that holds one folder per repository, shared with the Python client
 * @param token    who asks; needed for private and gated repositories only. Sent to the endpoint and nowhere else
 * @param offline  true to make no request, and use what is cached
 * @param revision a branch, a tag or a commit; pin a commit of 40 hex digits for the same files for ever, and for no
 *                 request at all once they are here
 * @param files    patterns of the files that are needed: {@code *} and {@code ?} stop at a {@code /}, {@code **} does
 *                 not
 * @param progress is told how far a download is, on the downloading thread
 */
public record HubOptions(
        URI endpoint,
        Path cache,
        Optional<String> token,
        boolean offline,
        String revision,
        List<String> files,
        Consumer<Progress> progress) {

    /** The public hub. */
    public static final URI DEFAULT_ENDPOINT = URI.create("https://huggingface.co");

    /** The files of a checkpoint. */
    static final List<String> CHECKPOINT_FILES =
            List.of("*.json", "*.txt", "*.safetensors", "speech_tokenizer/*.json", "speech_tokenizer/*.safetensors");

    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

    /**
     * Checks the values.
     *
     * @throws InvalidRequestException if the endpoint is no web address, the token or the revision cannot be one, or
     *                                 there is no pattern
     */
    public HubOptions {
        String scheme = String.valueOf(endpoint.getScheme());
        Check.argument(
                endpoint.getHost() != null && (scheme.equals("https") || scheme.equals("http")),
                "the hub's endpoint must be a web address (HF_ENDPOINT)",
                "endpoint",
                endpoint);
        Check.argument(
                token.stream().allMatch(t -> t.matches("[\\x21-\\x7E]+")),
                "the hub's token (HF_TOKEN) must be printable ASCII without blanks; its value is not shown");
        Check.argument(
                SafeName.isRelativePath(revision),
                "revision must be a branch, a tag or a commit",
                "revision",
                revision);
        files = List.copyOf(files);
        Check.argument(!files.isEmpty(), "files needs at least one pattern");
        progress = ProgressListeners.guarded(progress);
    }

    /**
     * Reads the variables that the Python client reads: {@code HF_ENDPOINT}; {@code HF_HUB_CACHE} or else
     * {@code HF_HOME}/hub; {@code HF_TOKEN} or else the file {@code HF_TOKEN_PATH}, by default {@code HF_HOME}/token;
     * {@code HF_HUB_OFFLINE}. {@code HF_HOME} is {@code ~/.cache/huggingface} unless set.
     *
     * @param environment names and values
     * @return the options they make
     * @throws InvalidRequestException if a value cannot be used
     */
    public static HubOptions from(Map<String, String> environment) {
        Variables env = new Variables(environment);
        Path home = env.path("HF_HOME")
                .orElseGet(() -> env.path("XDG_CACHE_HOME")
                        .orElseGet(() -> env.userHome().resolve(".cache"))
                        .resolve("huggingface"));
        Path cache = env.path("HF_HUB_CACHE")
                .or(() -> env.path("HUGGINGFACE_HUB_CACHE"))
                .orElseGet(() -> home.resolve("hub"));
        Optional<String> token = env.text("HF_TOKEN").or(() -> env.text("HUGGING_FACE_HUB_TOKEN"));
        if (token.isEmpty() && !env.isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            token = read(env.path("HF_TOKEN_PATH").orElseGet(() -> home.resolve("token")));
        }
        boolean offline = env.isTrue("HF_HUB_OFFLINE") || env.isTrue("TRANSFORMERS_OFFLINE");
        return new HubOptions(
                endpoint(env.text("HF_ENDPOINT")),
                cache,
                token,
                offline,
                "main",
                CHECKPOINT_FILES,
                ProgressListeners.LOGGED);
    }

    private static URI endpoint(Optional<String> address) {
        try {
            return address.map(a -> URI.create(a.replaceAll("/+$", ""))).orElse(DEFAULT_ENDPOINT);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("HF_ENDPOINT must be a web address: endpoint=" + address.get(), e);
        }
    }

    private static Optional<String> read(Path tokenFile) {
        try {
            return Optional.of(Files.readString(tokenFile).strip()).filter(t -> !t.isEmpty());
        } catch (IOException e) {
            return Optional.empty(); // most people have none, and public models need none
        }
    }

    /**
     * Asking another hub.
     *
     * @param endpoint its address
     * @return the changed copy
     */
    public HubOptions withEndpoint(URI endpoint) {
        return new HubOptions(endpoint, cache, token, offline, revision, files, progress);
    }

    /**
     * With files kept elsewhere.
     *
     * @param cache the folder
     * @return the changed copy
     */
    public HubOptions withCache(Path cache) {
        return new HubOptions(endpoint, cache, token, offline, revision, files, progress);
    }

    /**
     * Asking as someone.
     *
     * @param token printable ASCII
     * @return the changed copy
     */
    public HubOptions withToken(String token) {
        return new HubOptions(endpoint, cache, Optional.of(token), offline, revision, files, progress);
    }

    /**
     * Making no request.
     *
     * @return the changed copy
     */
    public HubOptions asOffline() {
        return new HubOptions(endpoint, cache, token, true, revision, files, progress);
    }

    /**
     * Returns a copy that fetches another revision.
     *
     * @param revision a branch, a tag or a commit; {@code main} by default
     * @return the changed copy
     */
    public HubOptions withRevision(String revision) {
        return new HubOptions(endpoint, cache, token, offline, revision, files, progress);
    }

    /**
     * Returns a copy that fetches other files.
     *
     * @param files patterns; those of a checkpoint by default
     * @return the changed copy
     */
    public HubOptions withFiles(List<String> files) {
        return new HubOptions(endpoint, cache, token, offline, revision, files, progress);
    }

    /**
     * Returns a copy that tells a listener how far a download is, instead of the log. What the listener throws is logged
     * and ends nothing but its reports.
     *
     * @param progress called on the downloading thread
     * @return the changed copy
     */
    public HubOptions withProgress(Consumer<Progress> progress) {
        return new HubOptions(endpoint, cache, token, offline, revision, files, progress);
    }

    boolean wants(String file) {
        return files.stream().anyMatch(pattern -> SafeName.matches(pattern, file));
    }

    /** Says whether there is a token, never which. */
    @Override
    public String toString() {
        return "HubOptions[endpoint=" + endpoint + ", cache=" + cache + ", token="
                + (token.isPresent() ? "set" : "none") + ", offline=" + offline + ", revision="
                + revision + "]";
    }

    /** The environment as the Python client reads it: blank is unset, a leading tilde is the user's home. */
    private record Variables(Map<String, String> values) {

        Optional<String> text(String name) {
            return Optional.ofNullable(values.get(name)).map(String::strip).filter(value -> !value.isEmpty());
        }

        Optional<Path> path(String name) {
            return text(name)
                    .map(value -> value.equals("~") || value.startsWith("~/") || value.startsWith("~\\")
                            ? userHome().resolve(value.substring(Math.min(2, value.length())))
                            : Path.of(value));
        }

        boolean isTrue(String name) {
            return text(name)
                    .filter(value -> TRUE.contains(value.toUpperCase(Locale.ROOT)))
                    .isPresent();
        }

        Path userHome() {
            return Path.of(
                    text("HOME").or(() -> text("USERPROFILE")).orElseGet(() -> System.getProperty("user.home", "")));
        }
    }
}
