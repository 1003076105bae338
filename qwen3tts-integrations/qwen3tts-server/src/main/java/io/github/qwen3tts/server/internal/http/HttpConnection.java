package io.github.qwen3tts.server.internal.http;

import io.github.qwen3tts.server.internal.http.Application.Admission;
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
 * One connection: takes requests one after the other, and goes on reading while one is answered, since only that shows
 * that the client has left. On the connection's event loop but for {@link Exchange}.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {

    private static final int MAX_SOCKET_MESSAGE_BYTES = 1 << 20;
    private static final int LINGER_SECONDS = 5;

    private enum State {
        /** The next message is a request. */
        WAITING,
        /** The body of a request comes in. */
        GATHERING,
        /** A request is being answered; what comes in waits. */
        ANSWERING,
        /** The last answer is out; what comes in is dropped until the client has read it. */
        LEAVING
    }

    private final Application application;
    private final HttpServer server;
    private final Deque<Object> waiting = new ArrayDeque<>(); // pipelined messages
    private Outlet outlet;
    private State state = State.WAITING;
    private HttpRequest request;
    private RequestHead head;
    private ByteArrayOutputStream body;
    private Admission.Let terms;
    private Exchange exchange;

    HttpConnection(Application application, HttpServer server) {
        this.application = application;
        this.server = server;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        outlet = new Outlet(context.channel());
        if (!server.connected(context.channel())) {
            context.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (state == State.ANSWERING) {
            waiting.add(message);
            context.channel().config().setAutoRead(false);
            return;
        }
        try {
            take(context, message);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void take(ChannelHandlerContext context, Object message) {
        if (state == State.WAITING && message instanceof HttpRequest next) {
            begin(context, next);
        }
        if (state == State.GATHERING && message instanceof HttpContent content) {
            gather(context, content);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest next) {
        request = next;
        head = RequestHead.of(next, (InetSocketAddress) context.channel().localAddress());
        if (next.decoderResult().isFailure() || head.path().isEmpty()) {
            leave(context, application.refused(400));
            return;
        }
        Admission admission = application.admit(head);
        if (admission instanceof Admission.Refuse refuse) {
            leave(context, refuse.answer());
            return;
        }
        if (isUpgrade(next)) {
            Optional<WebSocketListener> listener = application.open(head);
            if (listener.isPresent()) {
                upgrade(context, listener.get());
                return;
            }
        }
        terms = (Admission.Let) admission;
        if (HttpUtil.getContentLength(next, 0L) > terms.maxBodyBytes()) {
            leave(context, application.tooLarge(terms.maxBodyBytes()));
            return;
        }
        if (HttpUtil.is100ContinueExpected(next)) {
            context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        body = new ByteArrayOutputStream();
        state = State.GATHERING;
    }

    private void gather(ChannelHandlerContext context, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            leave(context, application.refused(400));
            return;
        }
        int bytes = content.content().readableBytes();
        if (body.size() + bytes > terms.maxBodyBytes()) {
            leave(context, application.tooLarge(terms.maxBodyBytes()));
            return;
        }
        if (!server.reserve(bytes)) {
            leave(context, application.refused(429));
            return;
        }
        byte[] piece = new byte[bytes];
        content.content().readBytes(piece);
        body.writeBytes(piece);
        if (content instanceof LastHttpContent) {
            answer(context);
        }
    }

    private void answer(ChannelHandlerContext context) {
        state = State.ANSWERING;
        byte[] whole = body.toByteArray();
        exchange = new Exchange(
                head,
                whole,
                terms.headers(),
                outlet,
                request.protocolVersion(),
                HttpUtil.isKeepAlive(request),
                () -> next(context));
        Exchange current = exchange;
        try {
            server.run(() -> {
                try {
                    answer(current);
                } finally {
                    server.release(whole.length);
                }
            });
            body = null;
        } catch (RejectedExecutionException e) {
            leave(context, application.refused(429));
        }
    }

    private void answer(Exchange current) {
        try {
            application.answer(current);
        } catch (IOException e) {
            current.abort(); // nobody to tell
        } catch (RuntimeException e) {
            server.log(e);
        } finally {
            if (!current.isEnded()) {
                current.abort();
            }
        }
    }

    /** The answer is out: on to the next request. */
    private void next(ChannelHandlerContext context) {
        exchange = null;
        state = State.WAITING;
        while (state != State.ANSWERING && !waiting.isEmpty()) {
            Object message = waiting.poll();
            try {
                take(context, message);
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
        context.channel().config().setAutoRead(waiting.isEmpty());
    }

    /** Sends a last answer. Closing at once could destroy it on its way if the client is still sending. */
    private void leave(ChannelHandlerContext context, Answer answer) {
        giveBack();
        state = State.LEAVING;
        FullHttpResponse response = Exchange.whole(answer);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(response).addListener((ChannelFutureListener) sent -> {
            if (sent.isSuccess()) {
                ((DuplexChannel) context.channel()).shutdownOutput();
                context.executor().schedule(() -> context.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            } else {
                context.close();
            }
        });
    }

    private void giveBack() {
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
            leave(context, application.refused(400));
            return;
        }
        state = State.LEAVING; // of HTTP: the end of the request is still to come, and is dropped
        FullHttpRequest whole = new DefaultFullHttpRequest(request.protocolVersion(), request.method(), request.uri());
        whole.headers().set(request.headers());
        WebSocketConnection connection = new WebSocketConnection(listener, outlet);
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
        outlet.roomChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        giveBack();
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        outlet.clientLeft();
        if (exchange != null) {
            exchange.disconnected();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent idle) {
            if (state == State.ANSWERING) {
                closeIfStalled(context, idle);
            } else if (idle.state() == IdleState.READER_IDLE) {
                context.close();
            }
        }
    }

    /** A client that takes nothing of what waits for it, for as long as the idle time, is as good as gone. */
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
