package io.github.qwen3tts.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Fetches reference audio from hosts that the configuration lists. It connects to the very address that it has checked,
 * so that a DNS name cannot change in between, and follows no redirects.
 */
final class RemoteAudio {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int TOTAL_SECONDS = 30;

    private final List<String> hosts;
    private final int maxBytes;
    private final Predicate<InetAddress> isAllowed;

    /**
     * Creates a fetcher.
     *
     * @param hosts     that may be asked, in lower case; with a port, only at that one
     * @param maxBytes  of a file
     * @param isAllowed which addresses may be connected to
     */
    RemoteAudio(List<String> hosts, int maxBytes, Predicate<InetAddress> isAllowed) {
        this.hosts = hosts.stream()
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .toList();
        this.maxBytes = maxBytes;
        this.isAllowed = isAllowed;
    }

    static boolean isAddress(String text) {
        String start = text.substring(0, Math.min(8, text.length())).toLowerCase(Locale.ROOT);
        return start.startsWith("http://") || start.startsWith("https://");
    }

    byte[] fetch(String address) {
        URI uri = parse(address);
        boolean secure = uri.getScheme().equalsIgnoreCase("https");
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (!hosts.contains(host) && !hosts.contains(host + ":" + port)) {
            throw refused("this server does not fetch audio from there: host=" + host + "; send it as base64");
        }
        InetSocketAddress target = new InetSocketAddress(resolve(host), port);
        try {
            return fetch(uri, secure, target);
        } catch (IOException e) {
            throw refused("audio cannot be fetched: host=" + host + ", failure=" + e.getMessage());
        }
    }

    private static URI parse(String address) {
        try {
            URI uri = new URI(address.strip());
            if (uri.getHost() != null && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // refused below
        }
        throw refused("ref_audio is no web address");
    }

    private InetAddress resolve(String host) {
        try {
            InetAddress[] all = InetAddress.getAllByName(host);
            for (InetAddress address : all) {
                if (!isAllowed.test(address)) {
                    throw refused("this server does not fetch audio from private addresses: host=" + host);
                }
            }
            return all[0];
        } catch (UnknownHostException e) {
            throw refused("no such host: host=" + host);
        }
    }

    private byte[] fetch(URI uri, boolean secure, InetSocketAddress target) throws IOException {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        SslContext ssl = secure ? SslContextBuilder.forClient().build() : null;
        MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("qwen3tts-fetch", true), NioIoHandler.newFactory());
        try {
            new Bootstrap()
                    .group(loop)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            if (ssl != null) {
                                channel.pipeline()
                                        .addLast(ssl.newHandler(channel.alloc(), uri.getHost(), target.getPort()));
                            }
                            channel.pipeline()
                                    .addLast(
                                            new HttpClientCodec(),
                                            new HttpObjectAggregator(maxBytes, true),
                                            new Receiver(request(uri), result));
                        }
                    })
                    .connect(target)
                    .addListener(connected -> {
                        if (!connected.isSuccess()) {
                            result.completeExceptionally(connected.cause());
                        }
                    });
            return result.get(TOTAL_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure
                    ? failure
                    : new IOException(e.getCause().toString(), e);
        } catch (TimeoutException e) {
            throw new IOException("it took longer than " + TOTAL_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static DefaultFullHttpRequest request(URI uri) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path + query);
        request.headers()
                .set(HttpHeaderNames.HOST, uri.getRawAuthority())
                .set(HttpHeaderNames.ACCEPT, "audio/*")
                .set(HttpHeaderNames.CONNECTION, "close");
        return request;
    }

    private static ApiException refused(String message) {
        return ApiException.invalid("ref_audio", message);
    }

    /** Sends the request once connected, and receives the response. */
    private static final class Receiver extends SimpleChannelInboundHandler<FullHttpResponse> {

        private final DefaultFullHttpRequest request;
        private final CompletableFuture<byte[]> result;

        Receiver(DefaultFullHttpRequest request, CompletableFuture<byte[]> result) {
            this.request = request;
            this.result = result;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(request);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            int status = response.status().code();
            if (status == 200) {
                byte[] bytes = new byte[response.content().readableBytes()];
                response.content().readBytes(bytes);
                result.complete(bytes);
            } else {
                String advice = status / 100 == 3 ? "; redirects are not followed" : "";
                result.completeExceptionally(new IOException("status " + status + advice));
            }
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            result.completeExceptionally(new IOException("the connection was closed early"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            result.completeExceptionally(cause);
            context.close();
        }
    }
}
