package io.github.qwen3tts.examples.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Listens at one address: one thread for all connections, and one of a bounded pool for each request in work. */
public final class HttpServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(HttpServer.class.getName());

    private static final int MAX_CONNECTIONS = 1_024;
    private static final int IDLE_SECONDS = 75;
    private static final int SEND_BUFFER_BYTES = 1 << 16;
    private static final long MAX_BODIES_BYTES = 1L << 28;
    private static final long WORKER_IDLE_SECONDS = 60;

    private final MultiThreadIoEventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("qwen3tts-http", true), NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ThreadPoolExecutor workers;
    private final AtomicLong bodiesBytes = new AtomicLong();
    private final InetSocketAddress address;

    private HttpServer(InetSocketAddress listenAt, int maxRequests, Application application) throws IOException {
        workers = new ThreadPoolExecutor(
                0,
                maxRequests,
                WORKER_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                new DefaultThreadFactory("qwen3tts-request", true));
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
                                        new HttpConnection(application, HttpServer.this));
                    }
                });
        try {
            Channel listening = bootstrap.bind(listenAt).sync().channel();
            connections.add(listening);
            address = (InetSocketAddress) listening.localAddress();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while binding: address=" + listenAt, e);
        }
    }

    /**
     * Starts to listen.
     *
     * @param listenAt    address and port; port 0 takes a free one
     * @param maxRequests in work at once; more are refused with 503
     * @param application answers
     * @return the server, to be closed by the caller
     * @throws IOException if the address cannot be listened at
     */
    public static HttpServer start(InetSocketAddress listenAt, int maxRequests, Application application)
            throws IOException {
        return new HttpServer(listenAt, maxRequests, application);
    }

    /**
     * Where it listens.
     *
     * @return the address, with the true port
     */
    public InetSocketAddress address() {
        return address;
    }

    /**
     * Runs something on a thread of the pool, such as what a WebSocket was asked for.
     *
     * @param work may block
     * @throws RejectedExecutionException if all threads are busy
     */
    public void run(Runnable work) {
        workers.execute(work);
    }

    /** Takes a connection in; false if there are too many. */
    boolean connected(Channel channel) {
        connections.add(channel);
        return connections.size() <= MAX_CONNECTIONS;
    }

    /** Makes room in memory for part of a body; false if there is none. */
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

    /** Breaks all connections and ends all threads. Safe to call twice. */
    @Override
    public void close() {
        connections.close().awaitUninterruptibly();
        workers.shutdownNow();
        eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
