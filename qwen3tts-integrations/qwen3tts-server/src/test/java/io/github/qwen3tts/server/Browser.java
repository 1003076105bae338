package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** One page in a Chromium without a window, driven over its own debugging protocol. */
final class Browser implements AutoCloseable {

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TIMEOUT_SECONDS = 60;

    private final Process process;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private int asks;

    /** The browser of this machine, if it has one. */
    static Optional<Path> find() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Opens an empty page.
     *
     * @param program from {@link #find}
     * @param profile an empty folder
     */
    Browser(Path program, Path profile) throws Exception {
        process = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox", // it sees nothing but our own page, and does without user namespaces
                        "--disable-gpu",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile.toAbsolutePath())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String port = Files.readAllLines(portFile(profile)).get(0);
            HttpRequest newPage = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new"))
                    .PUT(HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpClient client = HttpClient.newHttpClient();
            String target =
                    client.send(newPage, HttpResponse.BodyHandlers.ofString()).body();
            socket = client.newWebSocketBuilder()
                    .buildAsync(
                            URI.create(JSON.readTree(target)
                                    .get("webSocketDebuggerUrl")
                                    .textValue()),
                            new Responses())
                    .join();
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** The file that says where the browser listens, once it does. */
    private Path portFile(Path profile) throws IOException {
        Path file = profile.resolve("DevToolsActivePort");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!Files.exists(file) || Files.readAllLines(file).size() < 2) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the browser does not start: alive=" + process.isAlive());
            }
            Thread.onSpinWait();
        }
        return file;
    }

    private final class Responses implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            from.request(1);
            if (last) {
                String whole = text.toString();
                text.setLength(0);
                try {
                    JsonNode response = JSON.readTree(whole);
                    if (response.has("id")) {
                        asked.remove(response.get("id").intValue()).complete(response);
                    }
                } catch (IOException e) {
                    asked.values().forEach(question -> question.completeExceptionally(e));
                }
            }
            return null;
        }
    }

    private JsonNode command(String method, ObjectNode parameters) throws Exception {
        int id = ++asks;
        CompletableFuture<JsonNode> response = new CompletableFuture<>();
        asked.put(id, response);
        ObjectNode command = JSON.createObjectNode().put("id", id).put("method", method);
        socket.sendText(command.set("params", parameters).toString(), true).join();
        JsonNode result = response.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (result.has("error")) {
            throw new AssertionError(method + ": " + result.get("error"));
        }
        return result.get("result");
    }

    /** Goes to another page, or loads this one anew. */
    void open(URI page) throws Exception {
        command("Page.navigate", parameters().put("url", page.toString())); // answered when the page is another
    }

    private static ObjectNode parameters() {
        return JSON.createObjectNode();
    }

    /** The value of an expression in the page; a promise is waited for. */
    JsonNode evaluate(String expression) throws Exception {
        JsonNode result = command(
                "Runtime.evaluate",
                parameters()
                        .put("expression", expression)
                        .put("awaitPromise", true)
                        .put("returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        return result.get("result").path("value");
    }

    /** Waits until an expression in the page holds. */
    void await(String condition) throws Exception {
        try {
            evaluate("new Promise(done => { const look = () => (" + condition
                    + ") ? done(true) : setTimeout(look, 10); look(); })");
        } catch (TimeoutException e) {
            throw new AssertionError("never true: " + condition + "; page: "
                    + evaluate("document.body.innerText").textValue());
        }
    }

    /** Types where the focus is. */
    void type(String text) throws Exception {
        command("Input.insertText", parameters().put("text", text));
    }

    /** Presses and releases a key; {@code modifiers} are 2 for Ctrl, 8 for Shift. */
    void press(String key, int code, int modifiers) throws Exception {
        ObjectNode event = parameters()
                .put("key", key)
                .put("code", key)
                .put("windowsVirtualKeyCode", code)
                .put("modifiers", modifiers);
        command("Input.dispatchKeyEvent", event.put("type", "keyDown"));
        command("Input.dispatchKeyEvent", event.put("type", "keyUp"));
    }

    /** Shows the page as on a screen of a width, light or dark. */
    void show(int width, int height, String scheme) throws Exception {
        command(
                "Emulation.setDeviceMetricsOverride",
                parameters()
                        .put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", 1)
                        .put("mobile", width < 600));
        ObjectNode media = parameters();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", scheme);
        command("Emulation.setEmulatedMedia", media);
    }

    /** Keeps a picture of the page. */
    void picture(Path file) throws Exception {
        JsonNode picture = command("Page.captureScreenshot", parameters().put("captureBeyondViewport", true));
        Files.write(file, Base64.getDecoder().decode(picture.get("data").textValue()));
    }

    @Override
    public void close() {
        socket.abort();
        process.destroy();
        process.onExit().join();
    }
}
