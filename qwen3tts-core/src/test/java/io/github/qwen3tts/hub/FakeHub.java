package io.github.qwen3tts.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A hub with one repository, and the other host that large files are delivered from, on two loopback ports. */
final class FakeHub implements AutoCloseable {

    static final String REPOSITORY = "Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice";
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A request as it arrived; {@code file} is the file asked for, or "listing". */
    record Request(String host, String method, String path, String file, String range, String authorization) {}

    /** Answers a request in place of the usual answer. */
    interface Handler {
        void handle(HttpExchange exchange, byte[] content) throws IOException;
    }

    final Map<String, byte[]> files = new LinkedHashMap<>();
    final List<Request> requests = new CopyOnWriteArrayList<>();
    boolean listsHashes = true;
    String servedCommit = COMMIT;

    private final Map<String, Deque<Handler>> planned = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer hub;
    private final HttpServer delivery;

    FakeHub() throws IOException {
        hub = start("hub");
        delivery = start("delivery");
        files.put("README.md", text("# not wanted"));
        files.put("config.json", text("{\"model_type\": \"qwen3_tts\"}"));
        files.put("merges.txt", text("#version: 0.2\n"));
        files.put("vocab.json", text("{}"));
        files.put("model.safetensors", bytes(3_000_000, 1));
        files.put("speech_tokenizer/config.json", text("{\"a\": 1}"));
        files.put("speech_tokenizer/model.safetensors", bytes(200_000, 2));
    }

    private HttpServer start(String host) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                handle(host, exchange);
            }
        });
        server.start();
        return server;
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(int count, int seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    URI endpoint() {
        return URI.create("http://localhost:" + hub.getAddress().getPort());
    }

    URI delivery() {
        return URI.create("http://localhost:" + delivery.getAddress().getPort());
    }

    /** The next request for this file at this host ("hub" or "delivery"), or the next "listing", is answered so. */
    void plan(String host, String what, Handler... handlers) {
        planned.computeIfAbsent(host + " " + what, key -> new ArrayDeque<>()).addAll(List.of(handlers));
    }

    static Handler status(int status, String... headers) {
        return (exchange, content) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
        };
    }

    List<Request> requestsFor(String host, String name) {
        return requests.stream()
                .filter(r -> r.host().equals(host) && r.file().equals(name))
                .toList();
    }

    String etag(String name) {
        byte[] content = files.get(name);
        return hash(content, isLarge(name) ? 64 : 40);
    }

    static String hash(byte[] content, int digits) {
        ContentHash hash = new ContentHash(new RemoteFile("any", content.length, "0".repeat(digits)));
        hash.update(ByteBuffer.wrap(content));
        return hash.hex();
    }

    private static boolean isLarge(String name) {
        return name.endsWith(".safetensors");
    }

    private void handle(String host, HttpExchange exchange) throws IOException {
        String path = URLDecoder.decode(exchange.getRequestURI().getRawPath(), StandardCharsets.UTF_8);
        boolean listing = path.startsWith("/api/models/");
        String name = listing
                ? "listing"
                : path.substring(host.equals("hub") ? ("/" + REPOSITORY + "/resolve/" + COMMIT + "/").length() : 1);
        requests.add(new Request(
                host,
                exchange.getRequestMethod(),
                path,
                name,
                exchange.getRequestHeaders().getFirst("Range"),
                exchange.getRequestHeaders().getFirst("Authorization")));
        Deque<Handler> handlers = planned.getOrDefault(host + " " + name, new ArrayDeque<>());
        Handler handler;
        synchronized (handlers) {
            handler = handlers.poll();
        }
        if (handler != null) {
            handler.handle(exchange, files.getOrDefault(name, new byte[0]));
        } else if (listing) {
            send(exchange, 200, listing());
        } else if (!files.containsKey(name)) {
            exchange.sendResponseHeaders(404, -1);
        } else if (host.equals("hub")) {
            resolve(exchange, name);
        } else {
            sendRange(exchange, files.get(name));
        }
    }

    private byte[] listing() throws IOException {
        ObjectNode model = JSON.createObjectNode().put("id", REPOSITORY).put("sha", COMMIT);
        for (String name : files.keySet()) {
            ObjectNode file = model.withArray("siblings").addObject().put("rfilename", name);
            if (listsHashes) {
                file.put("size", files.get(name).length).put("blobId", hash(files.get(name), 40));
                if (isLarge(name)) {
                    file.putObject("lfs").put("sha256", etag(name)).put("size", files.get(name).length);
                }
            }
        }
        return JSON.writeValueAsBytes(model);
    }

    private void resolve(HttpExchange exchange, String name) throws IOException {
        exchange.getResponseHeaders().set("X-Repo-Commit", servedCommit);
        if (isLarge(name)) {
            exchange.getResponseHeaders().set("X-Linked-Etag", '"' + etag(name) + '"');
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(files.get(name).length));
            exchange.getResponseHeaders().set("Location", delivery() + "/" + name);
            exchange.sendResponseHeaders(302, -1);
        } else {
            exchange.getResponseHeaders().set("ETag", "W/\"" + etag(name) + '"');
            sendRange(exchange, files.get(name));
        }
    }

    static void sendRange(HttpExchange exchange, byte[] content) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        send(exchange, range == null ? 200 : 206, Arrays.copyOfRange(content, from, content.length));
    }

    static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    void closeDelivery() {
        delivery.stop(0);
    }

    @Override
    public void close() {
        hub.stop(0);
        delivery.stop(0);
        threads.shutdownNow();
    }
}
