package io.github.qwen3tts.server.internal.http;

import io.github.qwen3tts.server.internal.http.HttpHandler.Decision;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Reads the requests of one connection one after the other. It goes on reading while one is handled, since only that
 * shows that the client has disconnected. Runs on the connection's event loop, except for {@link Exchange}.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {

    private static final int MAX_SOCKET_MESSAGE_BYTES = 1 << 20;
    private static final int LINGER_SECONDS = 5;

    private enum State {
        /** The next message is a request. */
        IDLE,
        /** The body of a request is being read. */
        READING_BODY,
        /** A request is being handled; further messages are queued. */
        HANDLING,
        /** The last response is sent; further messages are dropped until the client has read it. */
        CLOSING
    }

    private final HttpHandler handler;
    private final HttpServer server;
    private final Deque<Object> pipelined = new ArrayDeque<>(); // messages of later requests
    private ConnectionWriter writer;
    private State state = State.IDLE;
    private HttpRequest request;
    private RequestHead head;
    private ByteArrayOutputStream body;
    private Decision.Accept accepted;
    private Exchange exchange;

    HttpConnection(HttpHandler handler, HttpServer server) {
        this.handler = handler;
        this.server = server;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        writer = new ConnectionWriter(context.channel());
        if (!server.connected(context.channel())) {
            context.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (state == State.HANDLING) {
            pipelined.add(message);
            context.channel().config().setAutoRead(false);
            return;
        }
        try {
            process(context, message);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void process(ChannelHandlerContext context, Object message) {
        if (state == State.IDLE && message instanceof HttpRequest next) {
            readHead(context, next);
        }
        if (state == State.READING_BODY && message instanceof HttpContent content) {
            readBody(context, content);
        }
    }

    private void readHead(ChannelHandlerContext context, HttpRequest next) {
        request = next;
        head = RequestHead.of(next, (InetSocketAddress) context.channel().localAddress());
        if (next.decoderResult().isFailure() || head.path().isEmpty()) {
            closeAfter(context, handler.rejected(400));
            return;
        }
        Decision decision = handler.decide(head);
        if (decision instanceof Decision.Reject rejection) {
            closeAfter(context, rejection.response());
            return;
        }
        if (isUpgrade(next)) {
            Optional<WebSocketListener> listener = handler.openWebSocket(head);
            if (listener.isPresent()) {
                upgrade(context, listener.get());
                return;
            }
        }
        accepted = (Decision.Accept) decision;
        if (HttpUtil.getContentLength(next, 0L) > accepted.maxBodyBytes()) {
            closeAfter(context, handler.tooLarge(accepted.maxBodyBytes()));
            return;
        }
        if (HttpUtil.is100ContinueExpected(next)) {
            context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        body = new ByteArrayOutputStream();
        state = State.READING_BODY;
    }

    private void readBody(ChannelHandlerContext context, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            closeAfter(context, handler.rejected(400));
            return;
        }
        int bytes = content.content().readableBytes();
        if (body.size() + bytes > accepted.maxBodyBytes()) {
            closeAfter(context, handler.tooLarge(accepted.maxBodyBytes()));
            return;
        }
        if (!server.reserve(bytes)) {
            closeAfter(context, handler.rejected(429));
            return;
        }
        byte[] piece = new byte[bytes];
        content.content().readBytes(piece);
        body.writeBytes(piece);
        if (content instanceof LastHttpContent) {
            handle(context);
        }
    }

    private void handle(ChannelHandlerContext context) {
        state = State.HANDLING;
        byte[] whole = body.toByteArray();
        exchange = new Exchange(
                head,
                whole,
                accepted.headers(),
                writer,
                request.protocolVersion(),
                HttpUtil.isKeepAlive(request),
                () -> next(context));
        Exchange current = exchange;
        try {
            server.run(() -> {
                try {
                    handle(current);
                } finally {
                    server.release(whole.length);
                }
            });
            body = null;
        } catch (RejectedExecutionException e) {
            closeAfter(context, handler.rejected(429));
        }
    }

    private void handle(Exchange current) {
        try {
            handler.handle(current);
        } catch (IOException e) {
            current.abort(); // the client has disconnected
        } catch (RuntimeException e) {
            server.log(e);
        } finally {
            if (!current.isEnded()) {
                current.abort();
            }
        }
    }

    /** Goes on to the next request after a response was sent. */
    private void next(ChannelHandlerContext context) {
        exchange = null;
        state = State.IDLE;
        while (state != State.HANDLING && !pipelined.isEmpty()) {
            Object message = pipelined.poll();
            try {
                process(context, message);
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
        context.channel().config().setAutoRead(pipelined.isEmpty());
    }

    /** Sends a last response. Closing at once could destroy it on its way if the client is still sending. */
    private void closeAfter(ChannelHandlerContext context, Response response) {
        releaseBody();
        state = State.CLOSING;
        FullHttpResponse message = Exchange.message(response);
        message.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(message).addListener((ChannelFutureListener) sent -> {
            if (sent.isSuccess()) {
                ((DuplexChannel) context.channel()).shutdownOutput();
                context.executor().schedule(() -> context.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            } else {
                context.close();
            }
        });
    }

    private void releaseBody() {
        if (body != null) {
            server.release(body.size());
            body = null;
        }
    }

    private static boolean isUpgrade(HttpRequest request) {
        return request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    private void upgrade(ChannelHandlerContext context, WebSocketListener listener) {
        WebSocketServerHandshaker handshaker = new WebSocketServerHandshakerFactory(
                        head.path(), null, false, MAX_SOCKET_MESSAGE_BYTES)
                .newHandshaker(request);
        if (handshaker == null) {
            closeAfter(context, handler.rejected(400));
            return;
        }
        state = State.CLOSING; // of HTTP: the end of the request is still to come, and is dropped
        FullHttpRequest whole = new DefaultFullHttpRequest(request.protocolVersion(), request.method(), request.uri());
        whole.headers().set(request.headers());
        WebSocketConnection connection = new WebSocketConnection(listener, writer);
        handshaker.handshake(context.channel(), whole).addListener((ChannelFutureListener) shaken -> {
            if (!shaken.isSuccess()) {
                context.close();
                return;
            }
            context.pipeline().addLast(new WebSocketFrameAggregator(MAX_SOCKET_MESSAGE_BYTES), connection);
            context.pipeline().remove(this);
            connection.opened();
        });
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        writer.writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        releaseBody();
        pipelined.forEach(ReferenceCountUtil::release);
        pipelined.clear();
        writer.disconnected();
        if (exchange != null) {
            exchange.disconnected();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent idle) {
            if (state == State.HANDLING) {
                closeIfStalled(context, idle);
            } else if (idle.state() == IdleState.READER_IDLE) {
                context.close();
            }
        }
    }

    /** Closes a connection whose client has read nothing for as long as the idle time. */
    static void closeIfStalled(ChannelHandlerContext context, IdleStateEvent idle) {
        if (idle.state() == IdleState.WRITER_IDLE && !context.channel().isWritable()) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a reset, or no HTTP at all
    }
}
