package io.github.qwen3tts.server;

import io.github.qwen3tts.server.ServerSettings.Access;
import io.github.qwen3tts.server.internal.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who may ask: by key, by the name the server was reached by, and by the page the request comes from. The latter two
 * keep web pages that somebody happens to look at away from a server on the same machine.
 */
final class Gate {

    private static final String BEARER = "bearer ";
    private static final Pattern NUMERIC_HOST = Pattern.compile("[0-9.]+|\\[[0-9a-f:.%]+]");

    private final Access access;
    private final List<String> allowedHosts;
    private final Optional<byte[]> keyHash;

    Gate(Access access) {
        this.access = access;
        this.allowedHosts = access.allowedHosts().stream().map(Gate::lower).toList();
        this.keyHash = access.apiKey().map(Gate::hash);
    }

    /** Compares in a time that does not depend on the key. */
    void requireKey(RequestHead head) {
        if (keyHash.isEmpty()) {
            return;
        }
        String header = head.header("Authorization").orElse("");
        String key = lower(header).startsWith(BEARER)
                ? header.substring(BEARER.length()).strip()
                : "";
        if (!MessageDigest.isEqual(keyHash.get(), hash(key))) {
            throw ApiException.wrongKey();
        }
    }

    /** A name that an attacker made point to this machine is refused; numbers cannot be made to. */
    void requireKnownHost(RequestHead head) {
        String host = lower(hostOf(head.header("Host").orElse("")));
        boolean open = allowedHosts.isEmpty()
                && head.local() != null
                && !head.local().getAddress().isLoopbackAddress();
        boolean known = host.isEmpty()
                || host.equals("localhost")
                || host.endsWith(".localhost")
                || NUMERIC_HOST.matcher(host).matches()
                || allowedHosts.contains(host);
        if (!open && !known) {
            throw ApiException.forbidden("this server does not know itself by this name: host=" + host
                    + "; list it in server.allowed_hosts");
        }
    }

    /** A page of another origin is refused unless it is listed. */
    void requireKnownOrigin(RequestHead head) {
        Optional<String> origin = head.header("Origin");
        if (origin.isPresent() && !isOwn(origin.get(), head) && !isListed(origin.get())) {
            throw ApiException.forbidden("this server does not answer pages of other origins: origin=" + origin.get()
                    + "; list it in server.cors_origins");
        }
    }

    /** What a page of a listed origin needs to see in an answer. */
    Map<String, String> corsHeaders(RequestHead head) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!access.corsOrigins().isEmpty()) {
            headers.put("Vary", "Origin");
            head.header("Origin").filter(this::isListed).ifPresent(origin -> {
                headers.put("Access-Control-Allow-Origin", origin);
                headers.put("Access-Control-Expose-Headers", "X-Seed, X-Finish-Reason, X-Sample-Rate, Retry-After");
            });
        }
        return headers;
    }

    private boolean isListed(String origin) {
        return access.corsOrigins().contains("*") || access.corsOrigins().contains(origin);
    }

    private static boolean isOwn(String origin, RequestHead head) {
        int scheme = origin.indexOf("://");
        return scheme > 0
                && origin.substring(scheme + 3)
                        .equalsIgnoreCase(head.header("Host").orElse(""));
    }

    private static String hostOf(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }

    private static String lower(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
