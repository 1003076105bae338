package io.github.qwen3tts.server.internal.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Listens at one address. One thread serves all connections; a worker thread handles each request. */
public final class HttpServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(HttpServer.class.getName());

    private static final int MAX_CONNECTIONS = 1_024;
    private static final int IDLE_SECONDS = 75;
    private static final int SEND_BUFFER_BYTES = 1 << 16;
    private static final long MAX_BODIES_BYTES = 1L << 28;

    private final MultiThreadIoEventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("qwen3tts-http", true), NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Executor workers;
    private final AtomicLong bodiesBytes = new AtomicLong();
    private final InetSocketAddress address;

    private HttpServer(InetSocketAddress listenAt, Executor workers, HttpHandler handler) throws IOException {
        this.workers = workers;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(eventLoop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // Little is buffered on the way to a slow reader, so that its stream pauses soon.
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(SEND_BUFFER_BYTES / 2, SEND_BUFFER_BYTES))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new IdleStateHandler(true, IDLE_SECONDS, IDLE_SECONDS, 0, TimeUnit.SECONDS),
                                        new HttpServerCodec(),
                                        new HttpConnection(handler, HttpServer.this));
                    }
                });
        ChannelFuture bound = bootstrap.bind(listenAt).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw new IOException(
                    "cannot listen: address=" + listenAt + ", failure="
                            + bound.cause().getMessage() + "; is another server running?",
                    bound.cause());
        }
        connections.add(bound.channel());
        address = (InetSocketAddress) bound.channel().localAddress();
    }

    /**
     * Starts to listen.
     *
     * @param listenAt address and port; port 0 takes a free one
     * @param workers  the caller's; run one request each, and may reject more, which are answered 429
     * @param handler  of the requests
     * @return the server, to be closed by the caller
     * @throws IOException if the address cannot be listened at
     */
    public static HttpServer start(InetSocketAddress listenAt, Executor workers, HttpHandler handler)
            throws IOException {
        return new HttpServer(listenAt, workers, handler);
    }

    /**
     * Returns the address it listens at.
     *
     * @return the address, with the true port
     */
    public InetSocketAddress address() {
        return address;
    }

    /** Runs the handling of a request on a worker; throws RejectedExecutionException if all are busy. */
    void run(Runnable work) {
        workers.execute(work);
    }

    /** Registers a connection; false if there are too many. */
    boolean connected(Channel channel) {
        connections.add(channel);
        return connections.size() <= MAX_CONNECTIONS;
    }

    /** Reserves memory for part of a body; false if the limit of all bodies is reached. */
    boolean reserve(int bytes) {
        if (bodiesBytes.addAndGet(bytes) <= MAX_BODIES_BYTES) {
            return true;
        }
        bodiesBytes.addAndGet(-bytes);
        return false;
    }

    void release(int bytes) {
        bodiesBytes.addAndGet(-bytes);
    }

    void log(Exception e) {
        LOG.log(System.Logger.Level.ERROR, "request failed", e);
    }

    /** Closes all connections. Idempotent. */
    @Override
    public void close() {
        connections.close().awaitUninterruptibly();
        eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
