package io.github.qwen3tts.server.internal.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.HttpData;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Parts of a {@code multipart/form-data} body, by name. */
public final class MultipartForm {

    private final Map<String, byte[]> parts;

    private MultipartForm(Map<String, byte[]> parts) {
        this.parts = parts;
    }

    /**
     * Parses a request's body.
     *
     * @param exchange the request
     * @return its parts
     * @throws IOException if it is another type, or damaged
     */
    public static MultipartForm of(Exchange exchange) throws IOException {
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(exchange.body()));
        request.headers().set(exchange.head().headers());
        if (!HttpPostRequestDecoder.isMultipart(request)) {
            throw new IOException("body must be multipart/form-data");
        }
        HttpPostMultipartRequestDecoder decoder = null;
        try {
            decoder = new HttpPostMultipartRequestDecoder(new DefaultHttpDataFactory(false), request);
            Map<String, byte[]> parts = new LinkedHashMap<>();
            for (InterfaceHttpData part : decoder.getBodyHttpDatas()) {
                if (part instanceof HttpData data) {
                    parts.put(data.getName(), data.get());
                }
            }
            return new MultipartForm(parts);
        } catch (RuntimeException e) { // the decoder has many
            throw new IOException("body is damaged multipart/form-data", e);
        } finally {
            if (decoder != null) {
                decoder.destroy();
            }
        }
    }

    /**
     * A part as bytes.
     *
     * @param name of the part
     * @return its content
     */
    public Optional<byte[]> bytes(String name) {
        return Optional.ofNullable(parts.get(name));
    }

    /**
     * A part as text.
     *
     * @param name of the part
     * @return its content in UTF-8, without blanks around it; empty if nothing else is there
     */
    public Optional<String> text(String name) {
        return bytes(name)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip())
                .filter(text -> !text.isEmpty());
    }
}
