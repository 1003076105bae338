package io.github.qwen3tts.server.internal.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;

/** Reads the frames of a connection after its upgrade to WebSocket. */
final class WebSocketConnection extends SimpleChannelInboundHandler<WebSocketFrame> {

    private static final int UNSUPPORTED_DATA = 1003;
    private static final int TOO_BIG_OR_WRONG = 1009;

    private final WebSocketListener listener;
    private final ConnectionWriter writer;
    private final WebSocket socket;
    private boolean pinged; // since the last frame

    WebSocketConnection(WebSocketListener listener, ConnectionWriter writer) {
        this.listener = listener;
        this.writer = writer;
        this.socket = new WebSocket(writer);
    }

    void opened() {
        listener.opened(socket);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        pinged = false;
        if (frame instanceof TextWebSocketFrame text) {
            listener.text(text.text());
        } else if (frame instanceof PingWebSocketFrame ping) {
            context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
        } else if (frame instanceof CloseWebSocketFrame close) {
            context.writeAndFlush(new CloseWebSocketFrame(
                            close.isFinalFragment(),
                            close.rsv(),
                            close.content().retain()))
                    .addListener(ChannelFutureListener.CLOSE);
        } else if (!(frame instanceof PongWebSocketFrame)) {
            socket.close(UNSUPPORTED_DATA, "text messages only");
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        writer.writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        writer.disconnected();
        listener.closed();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof IdleStateEvent idle)) {
            return;
        }
        if (idle.state() == IdleState.WRITER_IDLE) {
            HttpConnection.closeIfStalled(context, idle);
        } else if (pinged) {
            context.close(); // not a frame in two idle times, not even a pong
        } else {
            pinged = true;
            context.writeAndFlush(new PingWebSocketFrame());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        socket.close(TOO_BIG_OR_WRONG, "message too big or malformed");
    }
}
