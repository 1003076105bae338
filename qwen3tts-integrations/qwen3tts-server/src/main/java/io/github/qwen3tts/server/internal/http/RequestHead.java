package io.github.qwen3tts.server.internal.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Method, path and headers of a request.
 *
 * @param method  in upper case
 * @param path    decoded, without the query
 * @param headers as sent
 * @param local   the address it was sent to
 */
public record RequestHead(String method, String path, HttpHeaders headers, InetSocketAddress local) {

    /** Of a request whose target cannot be decoded the path is empty. */
    static RequestHead of(HttpRequest request, InetSocketAddress local) {
        String path;
        try {
            path = new QueryStringDecoder(request.uri()).path();
        } catch (IllegalArgumentException e) {
            path = "";
        }
        return new RequestHead(request.method().name(), path, request.headers(), local);
    }

    /**
     * Returns a header.
     *
     * @param name in any case
     * @return its first value
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
