package io.github.qwen3tts.hub;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Response to a request: headers of the hub itself, and the body, which may come from another host. */
final class HubResponse implements AutoCloseable {

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

    private final HttpHeaders hub;
    private final HttpHeaders headers;
    private final int status;
    private final BodyReader body;

    HubResponse(HttpHeaders hub, HttpResponse<Flow.Publisher<List<ByteBuffer>>> response, Duration stall) {
        this.hub = hub;
        this.headers = response.headers();
        this.status = response.statusCode();
        this.body = new BodyReader(response.body(), stall);
    }

    int status() {
        return status;
    }

    /** A header of the hub's last response before it sent us elsewhere. */
    Optional<String> hub(String name) {
        return hub.firstValue(name);
    }

    /** A header of the final response. */
    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** Which byte of the file comes first; -1 if a partial response does not say. */
    long from() {
        return status == 206 ? contentRange(1) : 0;
    }

    /** The size of the whole file; -1 if the response does not say. */
    long totalBytes() {
        return status == 206
                ? contentRange(2)
                : headers.firstValueAsLong("Content-Length").orElse(-1);
    }

    private long contentRange(int group) {
        Matcher range = CONTENT_RANGE.matcher(header("Content-Range").orElse(""));
        return range.matches() && !range.group(group).equals("*") ? Long.parseLong(range.group(group)) : -1;
    }

    /** The next buffers of the body; empty at its end. */
    List<ByteBuffer> next() throws TransferException, InterruptedException {
        return body.next();
    }

    byte[] readAll(int limit) throws TransferException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (List<ByteBuffer> piece = next(); !piece.isEmpty(); piece = next()) {
            for (ByteBuffer buffer : piece) {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                out.writeBytes(bytes);
            }
            if (out.size() > limit) {
                throw new TransferException("response is too long: limit=" + limit);
            }
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        body.close();
    }
}
