package io.github.qwen3tts.server.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A whole response.
 *
 * @param status  of HTTP
 * @param headers beside those of length and connection
 * @param body    may be empty
 */
public record Response(int status, Map<String, String> headers, byte[] body) {

    /** Makes a response of one content type; the body is encoded as UTF-8. */
    public static Response of(int status, String contentType, String body) {
        return new Response(status, Map.of("Content-Type", contentType), body.getBytes(StandardCharsets.UTF_8));
    }

    /** Makes a response without a body. */
    public static Response empty(int status) {
        return new Response(status, Map.of(), new byte[0]);
    }

    /** Returns a copy with more headers. */
    public Response with(Map<String, String> others) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.putAll(others);
        return new Response(status, more, body);
    }
}
