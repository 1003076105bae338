package io.github.qwen3tts.server.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A whole answer.
 *
 * @param status  of HTTP
 * @param headers beside those of length and connection
 * @param body    may be empty
 */
public record Answer(int status, Map<String, String> headers, byte[] body) {

    /**
     * An answer of one type.
     *
     * @param status      of HTTP
     * @param contentType of the body
     * @param body        in UTF-8
     * @return the answer
     */
    public static Answer of(int status, String contentType, String body) {
        return new Answer(status, Map.of("Content-Type", contentType), body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * An answer without a body.
     *
     * @param status of HTTP
     * @return the answer
     */
    public static Answer empty(int status) {
        return new Answer(status, Map.of(), new byte[0]);
    }

    /**
     * With more headers.
     *
     * @param others by name
     * @return the changed copy
     */
    public Answer with(Map<String, String> others) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.putAll(others);
        return new Answer(status, more, body);
    }
}
