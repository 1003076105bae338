package io.github.qwen3tts.server.internal.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Date;
import java.util.Map;

/**
 * One request and its response, which is either whole or streamed; a streamed one ends with {@link #finish} or
 * {@link #abort}. For one thread at a time; only the action of {@link #onDisconnect} runs on another one.
 */
public final class Exchange {

    private final RequestHead head;
    private final byte[] body;
    private final Map<String, String> headers; // of any response
    private final ConnectionWriter writer;
    private final boolean keepAlive;
    private final boolean chunked; // HTTP/1.0 has no chunks: there a body ends with the connection
    private final Runnable done;
    private final long beganNanos = System.nanoTime();
    private Runnable onDisconnect = () -> {}; // guarded by this
    private boolean disconnected; // guarded by this
    private HttpResponse pendingHead; // of a streamed response, until its first flush
    private int status;
    private long sentBytes;
    private boolean started;
    private boolean ended;

    Exchange(
            RequestHead head,
            byte[] body,
            Map<String, String> headers,
            ConnectionWriter writer,
            HttpVersion version,
            boolean keepAlive,
            Runnable done) {
        this.head = head;
        this.body = body;
        this.headers = headers;
        this.writer = writer;
        this.chunked = version.equals(HttpVersion.HTTP_1_1);
        this.keepAlive = keepAlive;
        this.done = done;
    }

    /**
     * Returns the head of the request.
     *
     * @return all but its body
     */
    public RequestHead head() {
        return head;
    }

    /**
     * Returns the body of the request.
     *
     * @return all of it; shared
     */
    public byte[] body() {
        return body;
    }

    /**
     * Sets the action to run if the client disconnects before the response is complete. It runs on another thread and
     * must not block. If the client has disconnected already, it runs at once.
     *
     * @param action what to do
     */
    public void onDisconnect(Runnable action) {
        synchronized (this) {
            onDisconnect = action;
            if (!disconnected) {
                return;
            }
        }
        action.run();
    }

    void disconnected() {
        Runnable action;
        synchronized (this) {
            disconnected = true;
            action = onDisconnect;
        }
        action.run();
    }

    /**
     * Sends a whole response.
     *
     * @param response what to send
     * @throws ClientDisconnectedException if the client has disconnected
     */
    public void send(Response response) throws ClientDisconnectedException {
        begin(response.status());
        FullHttpResponse message = message(response);
        headers.forEach(message.headers()::set);
        connection(message.headers());
        sentBytes = response.body().length;
        end(message);
    }

    /** Netty's message for a response, with its length and date. */
    static FullHttpResponse message(Response response) {
        FullHttpResponse message = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                Unpooled.wrappedBuffer(response.body()));
        response.headers().forEach(message.headers()::set);
        message.headers().set(HttpHeaderNames.DATE, DateFormatter.format(new Date()));
        if (response.status() != 204) {
            message.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        }
        return message;
    }

    /**
     * Starts a streamed response. Nothing is sent before the first flush of its stream.
     *
     * @param statusCode of HTTP
     * @param more       headers beside those of length and connection
     * @return takes the body; a flush sends what was written at once, and waits while the client is slow. Closing it does
     *     nothing: {@link #finish} or {@link #abort} does
     */
    public OutputStream stream(int statusCode, Map<String, String> more) {
        begin(statusCode);
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(statusCode));
        headers.forEach(head.headers()::set);
        more.forEach(head.headers()::set);
        head.headers().set(HttpHeaderNames.DATE, DateFormatter.format(new Date()));
        if (chunked) {
            head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        connection(head.headers());
        pendingHead = head;
        return new BodyStream();
    }

    /** Sends the bytes between two flushes as one message. */
    private final class BodyStream extends OutputStream {

        private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            buffer.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            buffer.write(bytes, from, count);
        }

        @Override
        public void flush() throws ClientDisconnectedException {
            if (buffer.size() == 0) {
                return;
            }
            writePendingHead();
            ByteBuf content = Unpooled.wrappedBuffer(buffer.toByteArray());
            sentBytes += buffer.size();
            buffer.reset();
            writer.send(new DefaultHttpContent(content));
        }
    }

    private void writePendingHead() {
        if (pendingHead != null) {
            writer.channel().write(pendingHead);
            pendingHead = null;
        }
    }

    /**
     * Ends a streamed response. Bytes that were not flushed are lost.
     *
     * @param trailers headers that are known only now; a client of HTTP/1.0 does not get them
     * @throws ClientDisconnectedException if the client has disconnected
     */
    public void finish(Map<String, String> trailers) throws ClientDisconnectedException {
        writePendingHead();
        DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        trailers.forEach(last.trailingHeaders()::set);
        end(last);
    }

    /** Closes the connection in a way that no client takes for the end of a complete response. */
    public void abort() {
        ended = true;
        if (!chunked) {
            writer.channel().config().setOption(ChannelOption.SO_LINGER, 0); // a reset, not an end
        }
        writer.channel().close();
    }

    private void begin(int statusCode) {
        if (started) {
            throw new IllegalStateException("a response has been started: status=" + status);
        }
        started = true;
        status = statusCode;
    }

    private void end(LastHttpContent last) throws ClientDisconnectedException {
        ended = true;
        if (writer.isDisconnected()) {
            throw new ClientDisconnectedException();
        }
        writer.channel().writeAndFlush(last).addListener(sent -> {
            if (!keepAlive || !sent.isSuccess()) {
                writer.channel().close();
            } else {
                done.run();
            }
        });
    }

    private void connection(HttpHeaders headers) {
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!chunked) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /**
     * Tells whether a response has been started.
     *
     * @return true once {@link #send} or {@link #stream} was called
     */
    public boolean isStarted() {
        return started;
    }

    /**
     * Tells whether the response is over.
     *
     * @return true once it was sent, finished or aborted
     */
    public boolean isEnded() {
        return ended;
    }

    /**
     * Returns the status of the response.
     *
     * @return the status of HTTP, 0 if there is none yet
     */
    public int status() {
        return status;
    }

    /**
     * Returns the size of the body that was sent.
     *
     * @return bytes
     */
    public long sentBytes() {
        return sentBytes;
    }

    /**
     * Returns the time since the request was complete.
     *
     * @return milliseconds
     */
    public double millis() {
        return (System.nanoTime() - beganNanos) / 1e6;
    }
}
