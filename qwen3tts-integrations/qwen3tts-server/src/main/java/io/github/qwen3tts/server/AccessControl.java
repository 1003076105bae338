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
 * Checks the API key, the {@code Host} header and the {@code Origin} header of requests. The latter two protect a server
 * on a developer's machine from web pages opened on the same machine.
 */
final class AccessControl {

    private static final String BEARER = "bearer ";
    private static final Pattern NUMERIC_HOST = Pattern.compile("[0-9.]+|\\[[0-9a-f:.%]+]");

    private final Access access;
    private final List<String> allowedHosts;
    private final Optional<byte[]> keyHash;

    AccessControl(Access access) {
        this.access = access;
        this.allowedHosts =
                access.allowedHosts().stream().map(AccessControl::lower).toList();
        this.keyHash = access.apiKey().map(AccessControl::hash);
    }

    /** Refuses a request without the API key. Compares in a time that does not depend on the key. */
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

    /** Refuses a host name that an attacker may have pointed to this machine (DNS rebinding); numbers are safe. */
    void requireAllowedHost(RequestHead head) {
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

    /** Refuses a web page of another origin unless it is listed. */
    void requireAllowedOrigin(RequestHead head) {
        Optional<String> origin = head.header("Origin");
        if (origin.isPresent() && !isOwn(origin.get(), head) && !isListed(origin.get())) {
            throw ApiException.forbidden("this server does not answer pages of other origins: origin=" + origin.get()
                    + "; list it in server.cors_origins");
        }
    }

    /** CORS headers of the response to a page of a listed origin. */
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
