package io.github.qwen3tts.server;

import io.github.qwen3tts.server.internal.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Serves the files of the web page to try voices, from this jar. */
final class WebPage {

    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; media-src 'self' blob:; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> FILES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "app.js", "text/javascript; charset=utf-8",
            "player.js", "text/javascript; charset=utf-8",
            "recorder.js", "text/javascript; charset=utf-8",
            "waveform.js", "text/javascript; charset=utf-8",
            "wav.js", "text/javascript; charset=utf-8",
            "style.css", "text/css; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final Map<String, Response> responses = new LinkedHashMap<>(); // by path

    WebPage() {
        FILES.forEach((name, type) -> {
            Map<String, String> headers = Map.of(
                    "Content-Type",
                    type,
                    "Cache-Control",
                    "no-cache",
                    "Content-Security-Policy",
                    CONTENT_SECURITY_POLICY,
                    "Referrer-Policy",
                    "no-referrer");
            responses.put("/" + name, new Response(200, headers, read(name)));
        });
        responses.put("/", responses.get("/index.html"));
    }

    private static byte[] read(String name) {
        try (InputStream in = WebPage.class.getResourceAsStream("page/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Iterable<String> paths() {
        return responses.keySet();
    }

    Response response(String path) {
        return responses.get(path);
    }
}
