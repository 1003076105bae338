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
 * One request and its answer, which is either whole, or a body in pieces that is finished or aborted. For one thread at
 * a time; only {@link #onDisconnect} looks to other threads.
 */
public final class Exchange {

    private final RequestHead head;
    private final byte[] body;
    private final Map<String, String> headers; // of any answer
    private final Outlet outlet;
    private final boolean keepAlive;
    private final boolean chunked; // HTTP/1.0 knows no chunks: there a body ends with the connection
    private final Runnable done;
    private final long beganNanos = System.nanoTime();
    private Runnable onDisconnect = () -> {}; // guarded by this
    private boolean disconnected; // guarded by this
    private HttpResponse pendingHead; // of a body in pieces, until the first of them
    private int status;
    private long sentBytes;
    private boolean started;
    private boolean ended;

    Exchange(
            RequestHead head,
            byte[] body,
            Map<String, String> headers,
            Outlet outlet,
            HttpVersion version,
            boolean keepAlive,
            Runnable done) {
        this.head = head;
        this.body = body;
        this.headers = headers;
        this.outlet = outlet;
        this.chunked = version.equals(HttpVersion.HTTP_1_1);
        this.keepAlive = keepAlive;
        this.done = done;
    }

    /**
     * The request.
     *
     * @return all but its body
     */
    public RequestHead head() {
        return head;
    }

    /**
     * The request's body.
     *
     * @return all of it; shared
     */
    public byte[] body() {
        return body;
    }

    /**
     * Tells when the client leaves before its answer is complete; the last action given counts. It runs on another
     * thread and must not block. If the client has left already, it runs at once.
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
     * Sends a whole answer.
     *
     * @param answer what to send
     * @throws ClientGoneException if nobody is there
     */
    public void send(Answer answer) throws ClientGoneException {
        begin(answer.status());
        FullHttpResponse response = whole(answer);
        headers.forEach(response.headers()::set);
        connection(response.headers());
        sentBytes = answer.body().length;
        end(response);
    }

    /** An answer with its length and date. */
    static FullHttpResponse whole(Answer answer) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body()));
        answer.headers().forEach(response.headers()::set);
        response.headers().set(HttpHeaderNames.DATE, DateFormatter.format(new Date()));
        if (answer.status() != 204) {
            response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        }
        return response;
    }

    /**
     * Starts an answer whose body comes in pieces. Nothing is sent before the first flush of its stream.
     *
     * @param statusCode of HTTP
     * @param more       headers beside those of length and connection
     * @return takes the body; a flush sends what was written at once, and waits while the client is slow. Closing it does
     *     nothing: {@link #finish} or {@link #abort} does
     */
    public OutputStream stream(int statusCode, Map<String, String> more) {
        begin(statusCode);
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(statusCode));
        headers.forEach(response.headers()::set);
        more.forEach(response.headers()::set);
        response.headers().set(HttpHeaderNames.DATE, DateFormatter.format(new Date()));
        if (chunked) {
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        connection(response.headers());
        pendingHead = response;
        return new Pieces();
    }

    /** Collects what is written between two flushes. */
    private final class Pieces extends OutputStream {

        private final ByteArrayOutputStream piece = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            piece.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            piece.write(bytes, from, count);
        }

        @Override
        public void flush() throws ClientGoneException {
            if (piece.size() == 0) {
                return;
            }
            writePendingHead();
            ByteBuf content = Unpooled.wrappedBuffer(piece.toByteArray());
            sentBytes += piece.size();
            piece.reset();
            outlet.send(new DefaultHttpContent(content));
        }
    }

    private void writePendingHead() {
        if (pendingHead != null) {
            outlet.channel().write(pendingHead);
            pendingHead = null;
        }
    }

    /**
     * Ends a body in pieces. What was written and not flushed is lost.
     *
     * @param trailers headers that are known only now; a client of HTTP/1.0 does not get them
     * @throws ClientGoneException if nobody is there
     */
    public void finish(Map<String, String> trailers) throws ClientGoneException {
        writePendingHead();
        DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        trailers.forEach(last.trailingHeaders()::set);
        end(last);
    }

    /** Breaks the connection, so that nobody takes what was sent for all of it. */
    public void abort() {
        ended = true;
        if (!chunked) {
            outlet.channel().config().setOption(ChannelOption.SO_LINGER, 0); // a reset, not an end
        }
        outlet.channel().close();
    }

    private void begin(int statusCode) {
        if (started) {
            throw new IllegalStateException("an answer has been started: status=" + status);
        }
        started = true;
        status = statusCode;
    }

    private void end(LastHttpContent last) throws ClientGoneException {
        ended = true;
        if (outlet.isGone()) {
            throw new ClientGoneException();
        }
        outlet.channel().writeAndFlush(last).addListener(sent -> {
            if (!keepAlive || !sent.isSuccess()) {
                outlet.channel().close();
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
     * Whether an answer has been started.
     *
     * @return true once {@link #send} or {@link #stream} was called
     */
    public boolean isStarted() {
        return started;
    }

    /**
     * Whether the answer is over.
     *
     * @return true once it was sent, finished or aborted
     */
    public boolean isEnded() {
        return ended;
    }

    /**
     * How the request is answered.
     *
     * @return the status of HTTP, 0 if there is none yet
     */
    public int status() {
        return status;
    }

    /**
     * How much of a body was sent.
     *
     * @return bytes
     */
    public long sentBytes() {
        return sentBytes;
    }

    /**
     * Time since the request was complete.
     *
     * @return milliseconds
     */
    public double millis() {
        return (System.nanoTime() - beganNanos) / 1e6;
    }
}
