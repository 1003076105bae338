package io.github.qwen3tts.server.internal.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;

/** The writing end of a WebSocket. Any number of threads; messages stay whole. */
public final class WebSocket {

    private final Outlet outlet;

    WebSocket(Outlet outlet) {
        this.outlet = outlet;
    }

    /**
     * Sends a text message and does not wait: for few and small ones, from any thread.
     *
     * @param message the text
     */
    public void send(String message) {
        outlet.channel().writeAndFlush(new TextWebSocketFrame(message));
    }

    /**
     * Sends a binary message; waits while the client is slow. Not for the event loop.
     *
     * @param bytes  holds the message; free to reuse on return
     * @param length of the message
     * @throws ClientGoneException if nobody is there
     */
    public void send(byte[] bytes, int length) throws ClientGoneException {
        outlet.send(new BinaryWebSocketFrame(Unpooled.copiedBuffer(bytes, 0, length)));
    }

    /**
     * Says goodbye and closes.
     *
     * @param code   of RFC 6455, such as 1000
     * @param reason in a few words
     */
    public void close(int code, String reason) {
        outlet.channel().writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener(ChannelFutureListener.CLOSE);
    }
}
