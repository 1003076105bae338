package io.github.qwen3tts.server.internal.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;

/** Writes the messages of a WebSocket. Thread-safe. */
public final class WebSocket {

    private final ConnectionWriter writer;

    WebSocket(ConnectionWriter writer) {
        this.writer = writer;
    }

    /**
     * Sends a text message and does not wait: for few and small ones, from any thread.
     *
     * @param message the text
     */
    public void send(String message) {
        writer.channel().writeAndFlush(new TextWebSocketFrame(message));
    }

    /**
     * Sends a binary message; waits while the client is slow. Not for the event loop.
     *
     * @param bytes  holds the message; free to reuse on return
     * @param length of the message
     * @throws ClientDisconnectedException if the client has disconnected
     */
    public void send(byte[] bytes, int length) throws ClientDisconnectedException {
        writer.send(new BinaryWebSocketFrame(Unpooled.copiedBuffer(bytes, 0, length)));
    }

    /**
     * Sends a close frame and closes.
     *
     * @param code   of RFC 6455, such as 1000
     * @param reason in a few words
     */
    public void close(int code, String reason) {
        writer.channel().writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener(ChannelFutureListener.CLOSE);
    }
}
